/** Why a step happened: config sources, static and mirror pods, the kubelet's own start and end, orphans. */
import type { Catalogue } from './catalogue.ts';

export const whySources = {
  'worker.restartRequested': {
    en: 'a pod of the same UID was created while this one ends: it is started once this one is gone',
    zh: '该 Pod 正在终止时又创建了同一 UID 的 Pod：等它结束后再启动',
  },
  'worker.startDenied': {
    en: 'another static pod named {name} has not ended yet: this one waits for its turn',
    zh: '另一个名为 {name} 的静态 Pod 尚未结束：这一个要等待',
  },
  'worker.neverStarted': {
    en: 'the pod was to end before it could start: there is nothing to stop',
    zh: '该 Pod 还没能启动就要结束：没有什么需要停止',
  },
  'worker.terminatingRuntimePod': {
    en: 'no source wants this pod and only the runtime knows it: its containers are stopped',
    zh: '没有任何来源需要这个 Pod，只有运行时知道它：停止它的容器',
  },
  'housekeeping.orphan': {
    en: 'no source has the pod any more: its worker ends it',
    zh: '已没有任何来源包含该 Pod：由 worker 终止它',
  },
  'housekeeping.runtimeOrphan': {
    en: 'the runtime runs a pod that no source wants and that this kubelet has not seen before: it is killed',
    zh: '运行时里有一个没有来源、本 kubelet 也从未见过的 Pod：杀死它',
  },
  'housekeeping.restart': {
    en: 'the pod is wanted and its worker has ended (its UID was used again): it is started anew',
    zh: '该 Pod 仍被需要而它的 worker 已结束（UID 被重新使用）：重新启动',
  },
} as const satisfies Catalogue;
