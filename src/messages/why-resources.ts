/** Why something happened to CPUs, limits and memory. */
import type { Catalogue } from './catalogue.ts';

export const whyResources = {
  'cpuManager.started': {
    en: 'the CPU manager starts: CPUs {reserved} are reserved and never given to one container alone; {shared} are shared',
    zh: 'CPU 管理器启动：CPU {reserved} 为保留，绝不独占分配；共享池为 {shared}',
  },
  'cpuManager.refused': {
    en: 'the kubelet exits. {message}. Drain the node, stop the kubelet, remove the file, start it again',
    zh: 'kubelet 退出。{message}。先腾空节点，停止 kubelet，删除该文件，再重新启动',
  },
  'cpuManager.allocated': {
    en: 'a Guaranteed pod with whole CPUs gets them for itself: {cpus}; {shared} stay shared',
    zh: 'Guaranteed Pod 申请了整数个 CPU，独占分配：{cpus}；剩余共享池为 {shared}',
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
    zh: '节点内存耗尽；内核杀死了得分最高的进程：{pod} 的 {victim}（pid {pid}）',
  },
} as const satisfies Catalogue;
