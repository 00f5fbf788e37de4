/** What each state of each machine is, in a few words: shown beside the chart. */
import type { Catalogue } from './catalogue.ts';

export const states = {
  'state.pod.Pending': {
    en: 'accepted, but not every container has run yet',
    zh: '已被接受，但还有容器没有运行过',
  },
  'state.pod.Pending.Admitting': {
    en: 'the kubelet checks whether the node can take the pod',
    zh: 'kubelet 正在检查本节点能否接纳该 Pod',
  },
  'state.pod.Pending.MountingVolumes': {
    en: 'waits until every volume is mounted',
    zh: '等待所有卷挂载完成',
  },
  'state.pod.Pending.CreatingSandbox': {
    en: 'gets its sandbox: the network that its containers share',
    zh: '正在创建沙箱，也就是各容器共享的网络',
  },
  'state.pod.Pending.Initializing': {
    en: 'runs its init containers, one by one',
    zh: '正在逐个运行初始化容器',
  },
  'state.pod.Pending.StartingContainers': { en: 'starts its containers', zh: '正在启动各容器' },
  'state.pod.Pending.Terminating': {
    en: 'deleted before everything ran; what runs is stopped',
    zh: '尚未全部运行就被删除，正在停止已运行的部分',
  },
  'state.pod.Pending.Terminated': { en: 'stopped before everything ran', zh: '尚未全部运行就已停止' },
  'state.pod.Running': {
    en: 'at least one container runs or is being restarted',
    zh: '至少有一个容器在运行或正在重启',
  },
  'state.pod.Running.NotReady': { en: 'runs, but gets no traffic', zh: '在运行，但不接收流量' },
  'state.pod.Running.Ready': {
    en: 'runs, and services may send it traffic',
    zh: '在运行，Service 可以把流量发给它',
  },
  'state.pod.Running.Terminating': { en: 'being stopped', zh: '正在停止' },
  'state.pod.Running.Terminated': { en: 'stopped', zh: '已停止' },
  'state.pod.Succeeded': { en: 'every container ended with exit code 0', zh: '所有容器都以退出码 0 结束' },
  'state.pod.Succeeded.Finished': {
    en: 'done; the worker tidies up next',
    zh: '已完成，接下来由 worker 收尾',
  },
  'state.pod.Succeeded.Terminating': { en: 'done, being tidied up', zh: '已完成，正在收尾' },
  'state.pod.Succeeded.Terminated': {
    en: 'done, nothing of it runs any more',
    zh: '已完成，不再有任何部分在运行',
  },
  'state.pod.Failed': {
    en: 'ended, and at least one container failed or the node refused it',
    zh: '已结束，至少一个容器失败，或者节点拒绝了它',
  },
  'state.pod.Failed.Finished': {
    en: 'failed; the worker tidies up next',
    zh: '已失败，接下来由 worker 收尾',
  },
  'state.pod.Failed.Terminating': { en: 'failed, being tidied up', zh: '已失败，正在收尾' },
  'state.pod.Failed.Terminated': {
    en: 'failed, nothing of it runs any more',
    zh: '已失败，不再有任何部分在运行',
  },

  'state.podWorker.syncing': { en: 'keeps the pod as its spec says', zh: '让 Pod 与 spec 保持一致' },
  'state.podWorker.syncing.idle': {
    en: 'nothing to do until an update or the next resync',
    zh: '没有事做，等待更新或下一次重新同步',
  },
  'state.podWorker.syncing.due': {
    en: 'in the work queue: the next sync tick takes it',
    zh: '已在工作队列中，等待下一个同步周期',
  },
  'state.podWorker.syncing.awaitingCache': {
    en: 'waits for a PLEG cache newer than its last sync',
    zh: '等待比上次同步更新的 PLEG 缓存',
  },
  'state.podWorker.syncing.working': { en: 'syncs the pod', zh: '正在同步 Pod' },
  'state.podWorker.syncing.cancelling': {
    en: 'cuts the sync short, because the pod is to end',
    zh: 'Pod 即将终止，正在中断这次同步',
  },
  'state.podWorker.terminating': { en: 'stops the pod', zh: '停止 Pod' },
  'state.podWorker.terminating.idle': {
    en: 'waits before it tries again to stop the pod',
    zh: '稍后再次尝试停止 Pod',
  },
  'state.podWorker.terminating.due': {
    en: 'in the work queue: the next sync tick takes it',
    zh: '已在工作队列中，等待下一个同步周期',
  },
  'state.podWorker.terminating.awaitingCache': {
    en: 'waits for a PLEG cache newer than its last sync',
    zh: '等待比上次同步更新的 PLEG 缓存',
  },
  'state.podWorker.terminating.working': {
    en: 'stops the containers and the sandbox',
    zh: '正在停止容器和沙箱',
  },
  'state.podWorker.terminated': { en: 'nothing of the pod runs any more', zh: 'Pod 已没有任何部分在运行' },
  'state.podWorker.terminated.working': {
    en: 'unmounts volumes',
    zh: '正在卸载卷',
  },
  'state.podWorker.terminated.finished': { en: 'done with this pod', zh: '该 Pod 的工作已全部完成' },

  'state.sandbox.absent': { en: 'there is no sandbox', zh: '没有沙箱' },
  'state.sandbox.creating': { en: 'the runtime was asked for a sandbox', zh: '已请求运行时创建沙箱' },
  'state.sandbox.ready': { en: 'the network is up', zh: '网络已就绪' },
  'state.sandbox.stopping': { en: 'the runtime was asked to stop it', zh: '已请求运行时停止沙箱' },
  'state.sandbox.notReady': { en: 'dead, but its record is kept', zh: '已停止，但记录还在' },

  'state.container.waiting': { en: 'not running, and not finished', zh: '没有运行，也没有结束' },
  'state.container.waiting.ContainerCreating': { en: 'waits for its turn to start', zh: '等待轮到它启动' },
  'state.container.waiting.PodInitializing': {
    en: 'waits for the init containers',
    zh: '等待初始化容器完成',
  },
  'state.container.waiting.ErrImagePull': { en: 'the pull failed', zh: '拉取镜像失败' },
  'state.container.waiting.ImagePullBackOff': {
    en: 'waits before the image is pulled again',
    zh: '等待一段时间后再次拉取镜像',
  },
  'state.container.waiting.ErrImageNeverPull': {
    en: 'the image is not here, and the policy forbids a pull',
    zh: '本地没有镜像，而拉取策略禁止拉取',
  },
  'state.container.waiting.InvalidImageName': { en: 'the image name cannot be read', zh: '镜像名称无法解析' },
  'state.container.waiting.ImageInspectError': { en: 'looking the image up failed', zh: '查询镜像失败' },
  'state.container.waiting.CreateContainerConfigError': {
    en: 'its configuration could not be put together',
    zh: '无法生成容器配置',
  },
  'state.container.waiting.CreateContainerError': {
    en: 'the runtime could not create it',
    zh: '运行时无法创建容器',
  },
  'state.container.waiting.RunContainerError': {
    en: 'the runtime could not start it',
    zh: '运行时无法启动容器',
  },
  'state.container.waiting.PostStartHookError': { en: 'its postStart hook failed', zh: 'postStart 钩子失败' },
  'state.container.waiting.CrashLoopBackOff': {
    en: 'it ended, and waits before its next start',
    zh: '已退出，等待一段时间后再启动',
  },
  'state.container.waiting.BackOffOver': {
    en: 'the wait is over; the next sync starts it',
    zh: '等待结束，下一次同步会启动它',
  },
  'state.container.creating': { en: 'the runtime was asked to create it', zh: '已请求运行时创建容器' },
  'state.container.created': { en: 'created, not started', zh: '已创建，尚未启动' },
  'state.container.starting': { en: 'the runtime was asked to start it', zh: '已请求运行时启动容器' },
  'state.container.running': { en: 'its process runs', zh: '进程正在运行' },
  'state.container.running.postStart': {
    en: 'runs, and so does its postStart hook',
    zh: '在运行，postStart 钩子也在运行',
  },
  'state.container.running.postStartSleep': {
    en: 'runs; its postStart hook sleeps',
    zh: '在运行，postStart 钩子正在休眠',
  },
  'state.container.running.postStartSlept': {
    en: 'runs; its postStart hook has slept',
    zh: '在运行，postStart 钩子休眠结束',
  },
  'state.container.running.notStarted': {
    en: 'runs; its startup probe has not succeeded yet',
    zh: '在运行，启动探针尚未成功',
  },
  'state.container.running.started': { en: 'runs', zh: '在运行' },
  'state.container.terminating': { en: 'being stopped', zh: '正在停止' },
  'state.container.terminating.preStop': {
    en: 'its preStop hook runs, within the grace period',
    zh: '宽限期内正在运行 preStop 钩子',
  },
  'state.container.terminating.preStopOver': { en: 'its preStop hook is over', zh: 'preStop 钩子已结束' },
  'state.container.terminating.awaitingTurn': {
    en: 'a sidecar: waits until the containers that rely on it have ended',
    zh: '边车容器：等待依赖它的容器先结束',
  },
  'state.container.terminating.stopDue': { en: 'it is stopped next', zh: '接下来停止它' },
  'state.container.terminating.stopping': {
    en: 'the runtime was asked to stop it',
    zh: '已请求运行时停止容器',
  },
  'state.container.terminating.TERM': { en: 'its stop signal was sent', zh: '已发送停止信号' },
  'state.container.terminating.KILL': {
    en: 'the grace period ran out: SIGKILL',
    zh: '宽限期已到，发送 SIGKILL',
  },
  'state.container.terminated': { en: 'its process has ended', zh: '进程已结束' },
  'state.container.terminated.Completed': { en: 'ended with exit code 0', zh: '以退出码 0 结束' },
  'state.container.terminated.Error': { en: 'ended with another exit code', zh: '以非 0 退出码结束' },
  'state.container.terminated.OOMKilled': {
    en: 'killed: it used more memory than its limit',
    zh: '内存超过限制，被杀死',
  },
  'state.container.terminated.ContainerStatusUnknown': { en: 'its record vanished', zh: '它的记录消失了' },

  'state.imagePull.unknown': { en: 'nobody has looked yet', zh: '还没有查询过' },
  'state.imagePull.inspecting': { en: 'the image store is asked', zh: '正在查询镜像存储' },
  'state.imagePull.queued': { en: 'a pull is needed, and waits for its turn', zh: '需要拉取，正在排队' },
  'state.imagePull.pulling': { en: 'being pulled', zh: '正在拉取' },
  'state.imagePull.present': { en: 'here', zh: '镜像已就绪' },
  'state.imagePull.ErrImagePull': { en: 'the pull failed', zh: '拉取失败' },
  'state.imagePull.ImagePullBackOff': { en: 'waits before it is pulled again', zh: '等待一段时间后再次拉取' },
  'state.imagePull.BackOffOver': {
    en: 'the wait is over; the next sync pulls',
    zh: '等待结束，下一次同步会拉取',
  },
  'state.imagePull.ErrImageNeverPull': {
    en: 'not here, and the policy forbids a pull',
    zh: '本地没有，而拉取策略禁止拉取',
  },
  'state.imagePull.InvalidImageName': { en: 'the name cannot be read', zh: '名称无法解析' },
  'state.imagePull.ImageInspectError': { en: 'asking the image store failed', zh: '查询镜像存储失败' },

  'state.storedImage.stored': { en: 'on the node', zh: '在节点上' },
  'state.storedImage.removing': { en: 'being removed', zh: '正在删除' },
  'state.storedImage.removed': { en: 'not on the node any more', zh: '已从节点上删除' },
  'state.volume.unmounted': { en: 'not mounted', zh: '未挂载' },
  'state.volume.fetchingToken': {
    en: 'the API server was asked for a token of the service account',
    zh: '已向 API 服务器请求服务账号的令牌',
  },
  'state.volume.mounting': { en: 'being mounted', zh: '正在挂载' },
  'state.volume.mountBackOff': {
    en: 'the mount failed; waits before the next try',
    zh: '挂载失败，稍后重试',
  },
  'state.volume.mounted': { en: 'mounted', zh: '已挂载' },
  'state.volume.renewingToken': {
    en: 'mounted; the API server was asked for a new token',
    zh: '已挂载；正在向 API 服务器请求新令牌',
  },
  'state.volume.updating': { en: 'mounted; its files are replaced', zh: '已挂载；正在替换其中的文件' },
  'state.volume.updateBackOff': {
    en: 'mounted; the update failed and waits before the next try',
    zh: '已挂载；更新失败，稍后重试',
  },
  'state.volume.unmounting': { en: 'being unmounted', zh: '正在卸载' },
  'state.volume.unmountBackOff': {
    en: 'the unmount failed; waits before the next try',
    zh: '卸载失败，稍后重试',
  },

  'state.probe.waiting': { en: 'waits for its container to run', zh: '等待容器运行' },
  'state.probe.probing': { en: 'probes each period', zh: '按周期探测' },
  'state.probe.probing.Unknown': { en: 'no result yet', zh: '还没有结果' },
  'state.probe.probing.Success': { en: 'the result is success', zh: '结果为成功' },
  'state.probe.probing.Failure': { en: 'the result is failure', zh: '结果为失败' },
  'state.probe.onHold': { en: 'probes nothing until the container is a new one', zh: '容器换新之前不再探测' },
  'state.probe.onHold.Success': { en: 'succeeded, and holds', zh: '已成功，暂停探测' },
  'state.probe.onHold.Failure': { en: 'failed, and holds', zh: '已失败，暂停探测' },
  'state.probe.stopped': { en: 'over', zh: '已结束' },

  'state.nodeCondition.Unknown': {
    en: 'not told yet, or the node is given up for lost',
    zh: '尚未上报，或节点已被视为失联',
  },
  'state.nodeCondition.True': { en: 'it holds', zh: '该状况成立' },
  'state.nodeCondition.False': { en: 'it does not hold', zh: '该状况不成立' },
} as const satisfies Catalogue;

export type StateKey = keyof typeof states;
