/** Why a step happened: the keys that trace entries carry. */
import type { Catalogue } from './catalogue.ts';
import { whyContainer } from './why-container.ts';
import { whyEviction } from './why-eviction.ts';
import { whyGc } from './why-gc.ts';
import { whyLogs } from './why-logs.ts';
import { whyNode } from './why-node.ts';
import { whyPods } from './why-pods.ts';
import { whyResources } from './why-resources.ts';
import { whyShutdown } from './why-shutdown.ts';
import { whySources } from './why-sources.ts';
import { whyVolumes } from './why-volumes.ts';

export type { Told } from './catalogue.ts';

export const why = {
  // The sync loop's sources.
  'sync.started': {
    en: 'the kubelet starts: it lists what the runtime runs, and sets its timers',
    zh: 'kubelet 启动：列出运行时中的一切，并设置各个定时器',
  },
  'sync.podAdded': {
    en: 'the API server bound the pod to this node; the kubelet starts a pod worker for it',
    zh: 'API 服务器把该 Pod 绑定到了本节点；kubelet 为它启动一个 pod worker',
  },
  'sync.podUpdated': { en: 'the pod object changed in the API server', zh: 'API 服务器中的 Pod 对象有变化' },
  'sync.podDeleted': {
    en: 'the pod was deleted: its worker ends it within the grace period',
    zh: 'Pod 已被删除：worker 会在宽限期内终止它',
  },
  'sync.podRemoved': {
    en: 'the pod object is gone from the API server',
    zh: 'Pod 对象已从 API 服务器中消失',
  },
  'sync.pleg': { en: 'PLEG saw that something of the pod changed', zh: 'PLEG 发现该 Pod 有变化' },
  'sync.deadline': {
    en: 'the pod has been active for longer than its {seconds} s (activeDeadlineSeconds)',
    zh: '该 Pod 的运行时间已超过 {seconds} 秒（activeDeadlineSeconds）',
  },
  'sync.liveness': {
    en: 'the liveness probe of {container} failed for good: the pod is synced, which will kill the container',
    zh: '{container} 的存活探针判定失败：同步该 Pod，接下来会杀死这个容器',
  },
  'sync.readiness': {
    en: 'the readiness of {container} is now: {result}',
    zh: '{container} 的就绪探针结果变为：{result}',
  },
  'sync.startup': {
    en: 'the startup probe of {container} has its result: {result}',
    zh: '{container} 的启动探针有了结果：{result}',
  },
  'sync.tick': {
    en: 'the sync tick (each second) takes the pod out of the work queue',
    zh: '每秒一次的同步周期把该 Pod 从工作队列中取出',
  },

  // Admission and the pod's own journey.
  'pod.admitted': { en: 'the node has room for the pod', zh: '节点有足够的资源接纳该 Pod' },
  'pod.rejected': {
    en: 'the node refuses the pod: {reason}. {message}',
    zh: '节点拒绝了该 Pod：{reason}。{message}',
  },
  'pod.volumesMounted': {
    en: 'every volume is mounted: the pod may get its sandbox',
    zh: '所有卷都已挂载：可以创建沙箱了',
  },
  'pod.initializing': {
    en: 'the sandbox is up; init containers come first',
    zh: '沙箱已就绪；先运行初始化容器',
  },
  'pod.initialized': {
    en: 'the init containers have done their work; the regular containers start',
    zh: '初始化容器已完成；开始启动普通容器',
  },
  'pod.starting': { en: 'the sandbox is up; the containers start', zh: '沙箱已就绪；开始启动容器' },
  'pod.ready': {
    en: 'every container is ready: the pod may get traffic',
    zh: '所有容器都已就绪：Pod 可以接收流量',
  },
  'pod.notReady': { en: 'not every container is ready: no traffic', zh: '有容器未就绪：不接收流量' },
  'pod.terminating': { en: 'the pod ends: what runs is stopped', zh: 'Pod 正在终止：停止仍在运行的部分' },
  'pod.terminated': { en: 'nothing of the pod is left on the node', zh: '节点上已没有该 Pod 的任何部分' },
  'phase.Pending': {
    en: 'not every container has run on this sandbox yet',
    zh: '在当前沙箱上，还有容器没有运行过',
  },
  'phase.Running': { en: 'a container runs, or is about to run again', zh: '有容器在运行，或即将重新运行' },
  'phase.Succeeded': { en: 'every container ended with exit code 0', zh: '所有容器都以退出码 0 结束' },
  'phase.Failed': {
    en: 'every container has ended, and at least one of them failed',
    zh: '所有容器都已结束，其中至少一个失败',
  },

  // Pod workers.
  'worker.syncs': {
    en: 'the worker syncs the pod: is it as its spec says?',
    zh: 'worker 同步该 Pod：现状是否与 spec 一致？',
  },
  'worker.synced': {
    en: 'the sync is done; without an update the next one comes in a minute or more',
    zh: '同步完成；没有更新的话，一分多钟后再次同步',
  },
  'worker.syncFailed': {
    en: 'the sync is done, but not all went well: {reason}: {message}',
    zh: '同步结束，但未能全部成功：{reason}：{message}',
  },
  'worker.terminal': {
    en: 'every container has ended for good: the worker tidies up',
    zh: '所有容器都已最终结束：worker 开始收尾',
  },
  'worker.pending': {
    en: 'an update came during the sync: the pod is synced again',
    zh: '同步期间来了更新：再同步一次',
  },
  'worker.resync': {
    en: 'it is time to look at the pod again: it goes into the work queue',
    zh: '到了再次检查该 Pod 的时间：放入工作队列',
  },
  'worker.terminating': {
    en: 'the worker stops the containers, then the sandbox',
    zh: 'worker 先停止容器，再停止沙箱',
  },
  'worker.stillRunning': {
    en: 'a container still runs although it was stopped: the worker tries again',
    zh: '停止之后仍有容器在运行：worker 会再试一次',
  },
  'worker.terminated': {
    en: 'no container runs any more: now the volumes',
    zh: '已没有容器在运行：接下来处理卷',
  },
  'worker.finished': { en: 'the worker is done with the pod', zh: 'worker 已处理完该 Pod' },
  'worker.directories': { en: 'the pod gets its directories on the node', zh: '在节点上创建该 Pod 的目录' },
  plan: {
    en: 'what the pod should be, held against what it is: {plan}',
    zh: '把期望状态与实际状态对比，得出计划：{plan}',
  },

  // Sandboxes.
  'sandbox.create': {
    en: 'containers share the network of a sandbox: attempt {attempt} is made',
    zh: '容器共享沙箱的网络：创建第 {attempt} 号沙箱',
  },
  'sandbox.started': {
    en: 'the sandbox is ready; the pod has the address {ip}',
    zh: '沙箱已就绪；Pod 的地址是 {ip}',
  },
  'sandbox.failed': {
    en: 'the runtime could not make the sandbox: {message}',
    zh: '运行时无法创建沙箱：{message}',
  },
  'sandbox.seenReady': { en: 'PLEG sees a ready sandbox', zh: 'PLEG 看到一个就绪的沙箱' },
  'sandbox.died': {
    en: 'the sandbox is dead: all containers will be restarted in a new one',
    zh: '沙箱已停止：所有容器将在新沙箱中重启',
  },
  'sandbox.removed': { en: 'the record of the sandbox is gone', zh: '沙箱的记录已被删除' },
  'sandbox.stop': {
    en: 'after the containers, their sandbox is stopped',
    zh: '容器停止之后，停止它们的沙箱',
  },
  'sandbox.stopped': { en: 'the sandbox is stopped', zh: '沙箱已停止' },
  'sandbox.stopFailed': {
    en: 'the runtime could not stop the sandbox: {message}',
    zh: '运行时无法停止沙箱：{message}',
  },

  // Images.
  'image.inspect': { en: 'is image {image} on the node already?', zh: '节点上是否已有镜像 {image}？' },
  'image.queue': {
    en: 'image {image} has to be pulled: it waits for its turn',
    zh: '需要拉取镜像 {image}：排队等候',
  },
  'image.pull': { en: 'it is the turn of image {image}', zh: '轮到拉取镜像 {image}' },
  'image.pullWithSecret': {
    en: 'it is the turn of image {image}, with the credentials of the Secret {secret}',
    zh: '轮到拉取镜像 {image}，使用 Secret {secret} 中的凭据',
  },
  'image.pulled': { en: 'image {image} was pulled', zh: '镜像 {image} 已拉取' },
  'image.present': { en: 'image {image} is on the node', zh: '节点上已有镜像 {image}' },
  'image.pulledStandIn': {
    en: 'image {image} was pulled: a stand-in written for podstep, not the original',
    zh: '镜像 {image} 已拉取：它是为 podstep 编写的替身，并非原版',
  },
  'image.presentStandIn': {
    en: 'image {image} is on the node: a stand-in written for podstep, not the original',
    zh: '节点上已有镜像 {image}：它是为 podstep 编写的替身，并非原版',
  },
  'image.refused': { en: 'no image: {reason}: {message}', zh: '没有镜像：{reason}：{message}' },
  'image.backOffOver': {
    en: 'the image of {container} may be pulled again',
    zh: '可以再次拉取 {container} 的镜像',
  },

  ...whyContainer,
  ...whyEviction,
  ...whyNode,
  ...whyPods,
  ...whyResources,
  ...whyShutdown,
  ...whySources,
  ...whyVolumes,

  // Probes; the kinds are put in for {probe}.
  'probe.kind.liveness': { en: 'liveness', zh: '存活' },
  'probe.kind.readiness': { en: 'readiness', zh: '就绪' },
  'probe.kind.startup': { en: 'startup', zh: '启动' },
  'probe.begins': {
    en: 'the {probe} probe of {container} begins; until it knows more, its result is {result}',
    zh: '{container} 的{probe}探针开始工作；在有定论之前，结果为 {result}',
  },
  'probe.succeeded': {
    en: 'the {probe} probe of {container} succeeded ({run} of {threshold})',
    zh: '{container} 的{probe}探针成功（{run}/{threshold}）',
  },
  'probe.failed': {
    en: 'the {probe} probe of {container} failed {run} times in a row, which is its threshold',
    zh: '{container} 的{probe}探针连续失败 {run} 次，达到阈值',
  },
  'probe.failedOnce': {
    en: 'the {probe} probe of {container} failed ({run} of {threshold}): {output}',
    zh: '{container} 的{probe}探针失败（{run}/{threshold}）：{output}',
  },
  'probe.stopped': {
    en: 'the {probe} probe of {container} is over',
    zh: '{container} 的{probe}探针已结束',
  },

  // PLEG.
  'pleg.containerChanged': {
    en: 'the relist found container {name} ({id}) {now}; before it was {before}',
    zh: 'relist 发现容器 {name}（{id}）为 {now}，之前为 {before}',
  },
  'pleg.sandboxChanged': {
    en: 'the relist found the sandbox of {name} ({id}) {now}; before it was {before}',
    zh: 'relist 发现 {name} 的沙箱（{id}）为 {now}，之前为 {before}',
  },
  'pleg.containerTold': {
    en: 'the runtime tells that container {name} ({id}) is {now}; before it was {before}',
    zh: '运行时通知：容器 {name}（{id}）变为 {now}，之前为 {before}',
  },
  'pleg.sandboxTold': {
    en: 'the runtime tells that the sandbox of {name} ({id}) is {now}; before it was {before}',
    zh: '运行时通知：{name} 的沙箱（{id}）变为 {now}，之前为 {before}',
  },
  'pleg.streamOpen': {
    en: 'the stream of container events is open: the runtime tells what changes, and a relist comes each {seconds} s',
    zh: '容器事件流已建立：由运行时通知变化，relist 改为每 {seconds} 秒一次',
  },
  'pleg.streamBroken': {
    en: 'the stream of container events has ended ({attempts} of {limit}): {message}; a relist first, then it is opened again',
    zh: '容器事件流已中断（{attempts}/{limit}）：{message}；先做一次 relist，然后重新建立',
  },
  'pleg.fallsBack': {
    en: 'the stream of container events failed {attempts} times: the generic PLEG relists each second again',
    zh: '容器事件流失败 {attempts} 次：退回通用 PLEG，每秒 relist 一次',
  },

  // Status.
  'status.changed': {
    en: 'the status says something new (version {version}): it goes to the API server',
    zh: '状态有变化（版本 {version}）：发送给 API 服务器',
  },
  'status.delete': {
    en: 'nothing of the deleted pod is left: its object is removed from the API server',
    zh: '被删除的 Pod 已清理干净：从 API 服务器中移除它的对象',
  },

  // Garbage.
  ...whyGc,
  ...whyLogs,
  'housekeeping.forgotten': {
    en: 'the pod is gone everywhere: it is forgotten',
    zh: '该 Pod 已彻底消失：不再记录它',
  },
} as const satisfies Catalogue;

export type WhyKey = keyof typeof why;
