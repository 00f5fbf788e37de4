/** Why a pod ends, or may not come in, because its node shuts down. */
import type { Catalogue } from './catalogue.ts';

export const whyShutdown = {
  'shutdown.watching': {
    en: 'the kubelet takes an inhibitor lock of systemd-logind: a shutdown of the node waits up to {seconds} s for it',
    zh: 'kubelet 向 systemd-logind 申请抑制锁：节点关机最多会为它等待 {seconds} 秒',
  },
  'shutdown.immediate': {
    en: 'the node shuts down, and shutdownGracePeriod is 0: the kubelet holds no lock, so nothing waits for its pods',
    zh: '节点即将关机，而 shutdownGracePeriod 为 0：kubelet 没有持有抑制锁，关机不会等待任何 Pod',
  },
  'shutdown.begins': {
    en: 'logind announces a shutdown: no pod comes in any more, the node is not ready, and the pods end by priority, lowest first',
    zh: 'logind 通知即将关机：不再接纳 Pod，节点变为未就绪，Pod 按优先级从低到高依次终止',
  },
  'shutdown.group': {
    en: 'the pods from priority {priority} up ({pods}) end now; the next group begins after {seconds} s at the latest',
    zh: '优先级 {priority} 起的 Pod（{pods}）现在终止；最迟 {seconds} 秒后轮到下一组',
  },
  'shutdown.pod': {
    en: 'the node shuts down: the pod has {seconds} s, the shorter of its own grace period and that of its group',
    zh: '节点即将关机：该 Pod 有 {seconds} 秒，取自身宽限期与所在组时长中较短的一个',
  },
  'shutdown.groupDone': {
    en: 'every pod of the group is gone and its volumes are unmounted: the next group need not wait',
    zh: '该组的 Pod 都已结束，卷也已卸载：下一组无需再等',
  },
  'shutdown.groupTimedOut': {
    en: 'the time of the group is over: the next one begins, whether or not the pods are gone',
    zh: '该组的时间已到：不论 Pod 是否结束，都轮到下一组',
  },
  'shutdown.completed': {
    en: 'all groups had their time: the kubelet gives the lock back, and the machine may go',
    zh: '各组的时间都已用完：kubelet 释放抑制锁，机器可以关机了',
  },
  'shutdown.cancelLater': {
    en: 'the shutdown is cancelled, but the kubelet is busy ending pods: it hears of it when it is done',
    zh: '关机已取消，但 kubelet 正在终止 Pod：处理完才会得知',
  },
  'shutdown.cancelled': {
    en: 'the shutdown is cancelled: pods come in again; those that were ended stay so',
    zh: '关机已取消：重新接纳 Pod；已被终止的不会恢复',
  },
} as const satisfies Catalogue;
