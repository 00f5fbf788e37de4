/** What the object store says about objects that it accepts, and what nobody here will do with them. */
import type { Catalogue } from './catalogue.ts';

export const cluster = {
  'cluster.namespaceMade': {
    en: 'namespace {namespace} did not exist and was made; a real cluster would refuse the object',
    zh: '命名空间 {namespace} 原本不存在，已自动创建；真实集群会拒绝该对象',
  },
  'cluster.noController': {
    en: '{kind} {name} is stored, but no controller runs here: a kubelet alone makes no pods from it. Apply a Pod instead',
    zh: '{kind} {name} 已存入，但这里没有运行控制器：单独一个 kubelet 不会由它创建 Pod。请直接 apply 一个 Pod',
  },
  'cluster.otherNode': {
    en: 'pod {name} names node {node}, this node is {own}: this kubelet never sees the pod (use --node-name {node})',
    zh: 'Pod {name} 指定了节点 {node}，而本节点是 {own}：本 kubelet 看不到它（可用 --node-name {node}）',
  },
  'cluster.portOpened': {
    en: 'pod {name}: its port {port} answers at {place} on this machine',
    zh: 'Pod {name} 的端口 {port} 在本机可通过 {place} 访问',
  },
  'cluster.pulledOffline': {
    en: 'image {image}: its registry cannot be reached; what was pulled under that name earlier is used',
    zh: '镜像 {image}：无法连接其镜像仓库，改用以前以该名称拉取的镜像',
  },
  'cluster.egressDenied': {
    en: 'pod {name}, container {container}: {place} lies beyond the pods’ network, nothing there is allowed; --egress {place} allows it',
    zh: 'Pod {name} 的容器 {container}：{place} 在 Pod 网络之外，不允许访问；可用 --egress {place} 放行',
  },
  'cluster.egressInVirtualTime': {
    en: 'pod {name}, container {container}: {place} lies beyond the pods’ network, and in virtual time nothing is there; try --clock wall --egress {place}',
    zh: 'Pod {name} 的容器 {container}：{place} 在 Pod 网络之外，虚拟时间下那里什么都没有；可试 --clock wall --egress {place}',
  },
  'cluster.imageOfOtherPlatform': {
    en: 'image {image} is made for {platform}, and this node is {nodePlatform}: its programs run only where the machine emulates them',
    zh: '镜像 {image} 面向 {platform}，而本节点是 {nodePlatform}：只有本机能模拟该平台时，其中的程序才能运行',
  },
  'cluster.deleteFirst': {
    en: 'delete the pod first, or give the changed one another name',
    zh: '请先删除该 Pod，或给改动后的 Pod 换一个名字',
  },
  'cluster.noSuchPod': {
    en: 'no pod of that name is in namespace {namespace}',
    zh: '命名空间 {namespace} 中没有这个名字的 Pod',
  },
  'cluster.gated': {
    en: 'pod {name} has scheduling gates and stays unbound until they are removed',
    zh: 'Pod {name} 带有 schedulingGates，移除之前不会绑定到节点',
  },
} as const satisfies Catalogue;

export type ClusterKey = keyof typeof cluster;
