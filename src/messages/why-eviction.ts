/** Why the node is under pressure, and why a pod was evicted. */
import type { Catalogue } from './catalogue.ts';

export const whyEviction = {
  'eviction.hardMet': {
    en: '{signal} is {available}, below the hard threshold of {threshold}',
    zh: '{signal} 为 {available}，低于硬驱逐阈值 {threshold}',
  },
  'eviction.softMet': {
    en: '{signal} is {available}, below the soft threshold of {threshold}: pods go only if this lasts for {grace}',
    zh: '{signal} 为 {available}，低于软驱逐阈值 {threshold}：持续 {grace} 之后才驱逐 Pod',
  },
  'eviction.pressure': {
    en: '{condition}: the node says so, and takes fewer pods; it lasts until {period} after the last time a threshold was met',
    zh: '{condition}：节点上报该状况，接纳的 Pod 随之减少；最后一次达到阈值之后再过 {period} 才解除',
  },
  'eviction.pressureOver': {
    en: '{condition} is over: for {period} no threshold was met',
    zh: '{condition} 解除：已有 {period} 没有达到任何阈值',
  },
  'eviction.attempt': {
    en: 'the node is low on {resource}: some of it has to be reclaimed',
    zh: '节点的 {resource} 不足：必须回收一部分',
  },
  'eviction.reclaimContainers': {
    en: 'before any pod has to go, all dead containers are removed',
    zh: '驱逐 Pod 之前，先删除所有已停止的容器',
  },
  'eviction.reclaimImages': {
    en: 'before any pod has to go, all unused images are removed',
    zh: '驱逐 Pod 之前，先删除所有未使用的镜像',
  },
  'eviction.relieved': {
    en: 'that was enough: no pod has to go',
    zh: '这样就够了：不必驱逐任何 Pod',
  },
  'eviction.ranked': {
    en: 'pods have to go, one in a pass, in this order: {pods}',
    zh: '必须驱逐 Pod，每轮一个，顺序为：{pods}',
  },
  'eviction.noVictim': {
    en: 'no pod of this node may be evicted',
    zh: '本节点上没有可以驱逐的 Pod',
  },
  'eviction.victim': {
    en: 'the pod is first in rank and is evicted, with {seconds} s to end: {message}',
    zh: '该 Pod 排在驱逐顺序首位，被驱逐，宽限期 {seconds} 秒：{message}',
  },
  'eviction.storageLimit': {
    en: 'the pod broke a limit of its own and is evicted, with {seconds} s to end: {message}',
    zh: '该 Pod 超出自身的限制，被驱逐，宽限期 {seconds} 秒：{message}',
  },
  'eviction.cleanupTimedOut': {
    en: 'half a minute was not enough to clean up {pods}: the eviction manager goes on',
    zh: '半分钟内未能清理完 {pods}：驱逐管理器继续工作',
  },
} as const satisfies Catalogue;
