/** Why a node's step happened: its registration, its heartbeat, its conditions, and whether pods are synced. */
import type { Catalogue } from './catalogue.ts';

export const whyNode = {
  'node.registered': {
    en: 'the kubelet has registered {node} with the API server',
    zh: 'kubelet 已向 API 服务器注册节点 {node}',
  },
  'node.known': {
    en: 'the API server has {node} already: an earlier kubelet registered it',
    zh: 'API 服务器中已有节点 {node}：之前的 kubelet 注册过它',
  },
  'node.notRegistered': {
    en: 'the Node could not be registered ({message}); once more in {ms} ms',
    zh: '节点未能注册（{message}）；{ms} 毫秒后重试',
  },
  'node.csiNode': {
    en: 'the CSINode object is there: nothing of storage keeps the node from being Ready any more',
    zh: 'CSINode 对象已创建：存储方面不再妨碍节点就绪',
  },
  'node.condition': {
    en: '{condition} is now {status}: {reason}: {message}',
    zh: '{condition} 变为 {status}：{reason}：{message}',
  },
  'node.givenUp': {
    en: 'the control plane has set {condition} to Unknown meanwhile: {message}',
    zh: '在此期间，控制平面已把 {condition} 置为 Unknown：{message}',
  },
  'node.notUpdated': {
    en: "the Node's status could not be written, five times in a row: {message}",
    zh: '节点状态连续五次写入失败：{message}',
  },
  'lease.created': {
    en: 'the Lease is made: it counts for {seconds} s, and is renewed each {every} s',
    zh: '已创建租约（Lease）：有效期 {seconds} 秒，每 {every} 秒续约一次',
  },
  'lease.late': {
    en: 'the Lease cannot be renewed: {message}. Without it the control plane gives the node up after 50 s (40 s before v1.32)',
    zh: '租约（Lease）无法续约：{message}。若一直没有续约，控制平面会在 50 秒后（v1.32 之前为 40 秒）认为节点失联',
  },
  'lease.renewedAgain': {
    en: 'the Lease is renewed again: the node can be heard',
    zh: '租约（Lease）恢复续约：又收到节点的心跳了',
  },
  'runtime.silent': {
    en: 'the runtime does not say how it is: {message}. After 30 s it counts as down',
    zh: '运行时没有报告自身状态：{message}。超过 30 秒即视为不可用',
  },
  'runtime.notReady': {
    en: 'the runtime says that not all is well: {message}',
    zh: '运行时报告自身并非一切正常：{message}',
  },
  'runtime.ready': { en: 'the runtime says that all is well again', zh: '运行时报告一切恢复正常' },
  'loop.skips': {
    en: '{skipping}: {error}. Orders for pods wait; what runs goes on running',
    zh: '{skipping}：{error}。对 Pod 的操作排队等待；正在运行的容器照常运行',
  },
  'loop.resumes': {
    en: 'pods are synced again; {count} orders have waited',
    zh: '恢复同步 Pod；有 {count} 项操作在等待',
  },
  'sync.networkNotReady': {
    en: 'the network is not ready, so only a pod on the host network could start: {message}',
    zh: '网络未就绪，只有使用主机网络的 Pod 才能启动：{message}',
  },
} as const satisfies Catalogue;
