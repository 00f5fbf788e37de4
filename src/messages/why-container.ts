/** Why a container's step happened: its start, its hooks, its end. */
import type { Catalogue } from './catalogue.ts';

export const whyContainer = {
  'container.awaitsInit': {
    en: '{container} waits for the init containers',
    zh: '{container} 等待初始化容器',
  },
  'container.itsTurn': { en: 'it is the turn of {container}', zh: '轮到 {container}' },
  'container.create': {
    en: '{container} is created in the sandbox (restart count {attempt})',
    zh: '在沙箱中创建 {container}（重启次数 {attempt}）',
  },
  'container.created': { en: '{container} was created', zh: '{container} 已创建' },
  'container.start': { en: '{container} is started', zh: '启动 {container}' },
  'container.started': { en: '{container} runs', zh: '{container} 正在运行' },
  'container.startedProbing': {
    en: '{container} runs; it counts as started once its startup probe succeeds',
    zh: '{container} 正在运行；启动探针成功后才算启动完成',
  },
  'container.startupSucceeded': {
    en: 'the startup probe of {container} succeeded',
    zh: '{container} 的启动探针成功',
  },
  'container.startFailed': {
    en: '{container} could not be started: {reason}: {message}',
    zh: '{container} 无法启动：{reason}：{message}',
  },
  'container.backOff': {
    en: '{container} ended before: its next start has to wait {seconds} s more',
    zh: '{container} 之前退出过：还要等 {seconds} 秒才能再次启动',
  },
  'container.delayOver': {
    en: 'the wait is over: {container} may be started again',
    zh: '等待结束：可以再次启动 {container}',
  },
  'container.seenRunning': { en: 'PLEG sees {container} running', zh: 'PLEG 看到 {container} 正在运行' },
  'container.died': {
    en: '{container} ended with exit code {exitCode}',
    zh: '{container} 已结束，退出码 {exitCode}',
  },
  'container.oomKilled': {
    en: '{container} used more memory than its limit and was killed (exit code {exitCode})',
    zh: '{container} 的内存超过限制，被杀死（退出码 {exitCode}）',
  },
  'container.vanished': { en: 'the record of {container} is gone', zh: '{container} 的记录消失了' },
  'container.removed': { en: 'an old record of {container} is removed', zh: '删除 {container} 的旧记录' },
  'container.postStart': {
    en: 'the postStart hook of {container} runs ({hook}); what comes after waits for it',
    zh: '运行 {container} 的 postStart 钩子（{hook}）；后面的步骤要等它完成',
  },
  'container.postStartDone': {
    en: 'the postStart hook of {container} is done',
    zh: '{container} 的 postStart 钩子已完成',
  },
  'container.postStartFailed': {
    en: 'the postStart hook of {container} failed, so the container is killed: {message}',
    zh: '{container} 的 postStart 钩子失败，因此杀死容器：{message}',
  },
  'container.preStop': {
    en: 'the preStop hook of {container} runs ({hook}) before the stop signal, within the {seconds} s of grace',
    zh: '在发送停止信号之前运行 {container} 的 preStop 钩子（{hook}），计入 {seconds} 秒宽限期',
  },
  'container.preStopDone': {
    en: 'the preStop hook of {container} is done',
    zh: '{container} 的 preStop 钩子已完成',
  },
  'container.preStopFailed': {
    en: 'the preStop hook of {container} failed; the container is stopped all the same: {message}',
    zh: '{container} 的 preStop 钩子失败；容器照样会被停止：{message}',
  },
  'container.postStartSlept': {
    en: 'the postStart hook of {container} has slept its time',
    zh: '{container} 的 postStart 钩子休眠结束',
  },
  'container.preStopOver': {
    en: 'the time for the preStop hook of {container} is over',
    zh: '{container} 的 preStop 钩子时间已到',
  },
  'container.turnOver': {
    en: 'the grace period is over: {container} waits for the others no longer',
    zh: '宽限期已到：{container} 不再等待其他容器',
  },
  'container.awaitsTurn': {
    en: 'sidecar {container} is stopped after {others}',
    zh: '边车容器 {container} 要等 {others} 结束后才停止',
  },
  'container.stop': {
    en: '{container} is stopped: a signal, and after {seconds} s SIGKILL',
    zh: '停止 {container}：先发信号，{seconds} 秒后 SIGKILL',
  },
  'container.sooner': {
    en: 'the grace period went down: {container} has {seconds} s left',
    zh: '宽限期缩短：{container} 还剩 {seconds} 秒',
  },
  'container.signalled': { en: '{signal} was sent to {container}', zh: '已向 {container} 发送 {signal}' },
  'container.killed': {
    en: 'the grace period is over: {signal} was sent to {container}',
    zh: '宽限期已到：已向 {container} 发送 {signal}',
  },
  'container.stopped': {
    en: '{container} has ended (exit code {exitCode})',
    zh: '{container} 已结束（退出码 {exitCode}）',
  },
  'container.stopFailed': {
    en: 'the runtime could not stop {container}: {message}',
    zh: '运行时无法停止 {container}：{message}',
  },
} as const satisfies Catalogue;
