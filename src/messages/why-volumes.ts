/** Why a volume's step happened: its tokens, its mounts, its updates, its end. */
import type { Catalogue } from './catalogue.ts';

export const whyVolumes = {
  'volume.fetchToken': {
    en: 'volume {volume} holds a token of service account {account}: it is asked for first',
    zh: '卷 {volume} 包含服务账号 {account} 的令牌：先向 API 服务器请求',
  },
  'volume.renewToken': {
    en: 'the token in volume {volume} has lived 80 % of its time: a new one is asked for',
    zh: '卷 {volume} 中的令牌已用去 80% 的有效期：请求新令牌',
  },
  'volume.tokenFetched': {
    en: 'a token of {account} for this pod alone, good for {seconds} s',
    zh: '得到 {account} 的令牌，只供这个 Pod 使用，有效期 {seconds} 秒',
  },
  'volume.tokenKept': {
    en: 'no new token for volume {volume}, the old one is still good: {message}',
    zh: '没有为卷 {volume} 拿到新令牌，旧令牌仍然有效：{message}',
  },
  'volume.mount': {
    en: 'a container mounts volume {volume}, so it comes first',
    zh: '有容器要用卷 {volume}，所以先挂载它',
  },
  'volume.mounted': { en: 'volume {volume} is mounted', zh: '卷 {volume} 已挂载' },
  'volume.update': {
    en: 'what volume {volume} should hold has changed: a new version of its files is swapped in',
    zh: '卷 {volume} 应有的内容变了：写入新版本并一次性切换',
  },
  'volume.updated': { en: 'volume {volume} holds the new version', zh: '卷 {volume} 已是新版本' },
  'volume.failed': { en: 'volume {volume}: {message}', zh: '卷 {volume}：{message}' },
  'volume.retry': { en: 'the wait is over: volume {volume} is tried again', zh: '等待结束：重试卷 {volume}' },
  'volume.unmount': { en: 'no container uses volume {volume} any more', zh: '已没有容器使用卷 {volume}' },
  'volume.unmounted': { en: 'volume {volume} is unmounted', zh: '卷 {volume} 已卸载' },
  'volume.unmountSlow': {
    en: 'the pod is over, but its volumes are not gone: {message}',
    zh: 'Pod 已结束，但卷还没有卸载：{message}',
  },
  'volume.orphan': {
    en: 'volume {volume} belonged to pod {pod}, which is gone since an earlier run of the kubelet',
    zh: '卷 {volume} 属于 Pod {pod}，该 Pod 在 kubelet 上次运行之后已消失',
  },
  'volume.givenUp': {
    en: 'the pod ends before volume {volume} was mounted',
    zh: 'Pod 在卷 {volume} 挂载之前就终止了',
  },
} as const satisfies Catalogue;
