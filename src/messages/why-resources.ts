/** Why something happened to CPUs, limits and memory. */
import type { Catalogue } from './catalogue.ts';

export const whyResources = {
  'cpuManager.started': {
    en: 'the CPU manager starts: CPUs {reserved} are reserved and never given to one container alone; {shared} are shared',
    zh: 'CPU 管理器启动：保留 CPU {reserved}，不会让某个容器独占；共享池为 {shared}',
  },
  'cpuManager.refused': {
    en: 'the kubelet exits. {message}. Drain the node, stop the kubelet, remove the file, start it again',
    zh: 'kubelet 退出。{message}。先腾空节点，停止 kubelet，删除该文件，再重新启动',
  },
  'cpuManager.allocated': {
    en: 'a Guaranteed pod with whole CPUs gets them for itself: {cpus}; {shared} stay shared',
    zh: 'Guaranteed Pod 申请了整数个 CPU，独占分配：{cpus}；剩余共享池为 {shared}',
  },
  'cpuManager.misconfigured': {
    en: 'the kubelet exits: {message}. Change its configuration and start it again',
    zh: 'kubelet 退出：{message}。请修改配置后重新启动',
  },
  'cpuManager.moved': {
    en: 'the shared pool changed: {container} runs on {cpus} from now on',
    zh: '共享池有变化：{container} 今后在 CPU {cpus} 上运行',
  },
  'cpuManager.released': {
    en: 'the pod {uid} is over: its CPUs go back, {shared} are shared now',
    zh: 'Pod {uid} 已结束：归还其 CPU，共享池现为 {shared}',
  },
  'node.systemOom': {
    en: 'the node’s memory ran out; the kernel killed the process with the worst score: {victim} (pid {pid}) of {pod}',
    zh: '节点内存耗尽；内核杀死了 OOM 评分最高的进程：{pod} 的 {victim}（pid {pid}）',
  },
  'node.runtimeDied': {
    en: 'the container runtime died, and all that ran with it; a new one is there: {message}',
    zh: '容器运行时已崩溃，其上运行的一切随之终止；新的运行时已就位：{message}',
  },
  'resize.promised': {
    en: 'the resize fits the node: from now on this is what the pod was promised',
    zh: '节点容得下这次调整：从现在起按新的资源量分配',
  },
  'resize.deferred': {
    en: 'the resize does not fit now and waits for room: {message}',
    zh: '目前容不下这次调整，等待资源空出：{message}',
  },
  'resize.infeasible': {
    en: 'the resize can never be done here: {message}',
    zh: '这次调整在本节点上不可能实现：{message}',
  },
  'resize.retried': {
    en: 'a resize that waited was looked at again',
    zh: '重新评估了等待中的资源调整',
  },
  'resize.completed': {
    en: 'every running container has what it was promised: the resize is done',
    zh: '所有运行中的容器都已得到分配的资源：调整完成',
  },
  'resize.failed': {
    en: 'the resize could not be carried out: {message}; the next sync tries again',
    zh: '调整未能完成：{message}；下次同步会再试',
  },
  'resize.container': {
    en: '{container} gets other limits while it runs: memory {memory} bytes, CPU shares {shares}, quota {quota} µs (0: none)',
    zh: '{container} 在运行中改变限制：内存 {memory} 字节，CPU 份额 {shares}，配额 {quota} µs（0 表示无限制）',
  },
  'resize.pod': {
    en: 'the pod as a whole gets other bounds: memory {memory} bytes, CPU shares {shares}, quota {quota} µs (0: none)',
    zh: '整个 Pod 改变限制：内存 {memory} 字节，CPU 份额 {shares}，配额 {quota} µs（0 表示无限制）',
  },
} as const satisfies Catalogue;
