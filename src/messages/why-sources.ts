/** Why a step happened: config sources, static and mirror pods, the kubelet's own start and end, orphans. */
import type { Catalogue } from './catalogue.ts';

export const whySources = {
  'kubelet.stopped': {
    en: 'the kubelet ends; its containers are no children of it: they run on, and nobody looks after them',
    zh: 'kubelet 退出；容器不是它的子进程：它们继续运行，只是没有人照看',
  },
  'kubelet.restarted': {
    en: 'a new kubelet starts and knows nothing: what runs it learns from the runtime, what is wanted from its sources',
    zh: '新的 kubelet 启动，什么都不知道：正在运行的向运行时了解，需要运行的向各个来源了解',
  },
  'sources.seen': {
    en: 'the source {source} has spoken for the first time; still to be heard: {missing}',
    zh: '来源 {source} 首次报告了它的 Pod；还在等待：{missing}',
  },
  'sources.ready': {
    en: 'the source {source} has spoken for the first time: all sources are ready, so pods may be taken away now',
    zh: '来源 {source} 首次报告了它的 Pod：所有来源都已就绪，从现在起可以清除 Pod',
  },
  'sources.notReady': {
    en: 'not all sources have been heard of yet: nothing is taken away',
    zh: '并非所有来源都已报告：暂不清除任何 Pod',
  },
  'sources.badManifest': {
    en: 'the manifest {place} cannot be used: {error}',
    zh: '清单 {place} 无法使用：{error}',
  },
  'sources.badUrl': {
    en: 'no pods could be read from {place}: {error}',
    zh: '无法从 {place} 读取 Pod：{error}',
  },
  'sources.staticPod': {
    en: 'a manifest of the source {source} wants the pod; the kubelet starts a pod worker for it',
    zh: '来源 {source} 的清单需要该 Pod；kubelet 为它启动一个 pod worker',
  },
  'sources.manifestGone': {
    en: 'no manifest of the source {source} wants the pod any more: its worker ends it',
    zh: '来源 {source} 中已没有清单需要该 Pod：由 worker 终止它',
  },
  'sources.reconcile': {
    en: 'somebody else changed a condition that the pod waits for (readinessGates)',
    zh: '该 Pod 等待的状况（readinessGates）被其他组件修改了',
  },
  'mirror.create': {
    en: 'the API server gets a mirror pod, so that the static pod can be seen there',
    zh: '在 API 服务器中创建镜像 Pod，使静态 Pod 可见',
  },
  'mirror.changed': {
    en: 'the mirror of the static pod changed in the API server',
    zh: 'API 服务器中该静态 Pod 的镜像 Pod 有变化',
  },
  'mirror.deleted': {
    en: 'the mirror pod is being deleted; the static pod lives by its manifest, so the mirror is removed and made anew',
    zh: '镜像 Pod 正被删除；静态 Pod 只取决于它的清单，因此移除这个镜像 Pod，再重新创建',
  },
  'mirror.outdated': {
    en: 'the mirror pod shows an older manifest: it is removed and made anew',
    zh: '镜像 Pod 对应的是旧清单：移除它，再重新创建',
  },
  'mirror.orphan': {
    en: 'the static pod of this mirror is gone: the mirror is removed',
    zh: '该镜像 Pod 对应的静态 Pod 已不存在：移除镜像 Pod',
  },
  'worker.restartRequested': {
    en: 'a pod of the same UID was created while this one ends: it is started once this one is gone',
    zh: '该 Pod 正在终止时又创建了同一 UID 的 Pod：等它结束后再启动',
  },
  'worker.startDenied': {
    en: 'another static pod named {name} has not ended yet: this one waits for its turn',
    zh: '另一个名为 {name} 的静态 Pod 尚未结束：本 Pod 需要等待',
  },
  'worker.neverStarted': {
    en: 'the pod was to end before it could start: there is nothing to stop',
    zh: '该 Pod 还没启动就被要求终止：没有什么需要停止',
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
    zh: '仍有来源需要该 Pod，而它的 worker 已结束（UID 被重新使用）：重新启动',
  },
} as const satisfies Catalogue;
