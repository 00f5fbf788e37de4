/** Why garbage went: containers, sandboxes, logs, directories, images. */
import type { Catalogue } from './catalogue.ts';

export const whyGc = {
  'gc.container': {
    en: 'of {container} only the newest dead record is kept',
    zh: '{container} 已结束的记录只保留最新一条',
  },
  'gc.containerOfDeleted': {
    en: 'the pod is gone: no record of {container} is kept',
    zh: 'Pod 已不存在：不再保留 {container} 的任何记录',
  },
  'gc.sandbox': {
    en: 'the dead sandbox of attempt {attempt} is removed',
    zh: '删除第 {attempt} 号已停止的沙箱',
  },
  'gc.logs': { en: 'the pod is gone: its logs in {path} go too', zh: 'Pod 已不存在：删除 {path} 中的日志' },
  'gc.logLink': {
    en: 'the log that {path} points to is not there any more',
    zh: '{path} 指向的日志已不存在',
  },
  'gc.podDirectory': {
    en: 'no pod has this UID any more: its directory {path} is removed',
    zh: '已没有这个 UID 的 Pod：删除它的目录 {path}',
  },
  'gc.podDirectoryStays': {
    en: 'the directory of a pod that is gone has to stay: {message}',
    zh: 'Pod 已不存在，但它的目录暂时无法删除：{message}',
  },
  'gc.containersFailed': {
    en: 'the container garbage collection failed: {message}',
    zh: '容器垃圾回收失败：{message}',
  },
  'gc.diskFull': {
    en: 'the image filesystem is {percent}% full, the limit is {high}%: {size} have to go to get down to {low}%',
    zh: '镜像文件系统已用 {percent}%，上限为 {high}%：要降到 {low}%，需释放 {size}',
  },
  'gc.image': {
    en: 'of the images that nothing uses, {image} was not used for longest: it goes ({size}; freed so far: {freed})',
    zh: '在未使用的镜像中，{image} 闲置最久：删除它（{size}；已释放 {freed}）',
  },
  'gc.imageTooOld': {
    en: '{image} was not used for longer than the maximum age: it goes ({size})',
    zh: '{image} 闲置超过最长期限：删除它（{size}）',
  },
  'gc.imageForEviction': {
    en: 'the node is short of disk and nothing uses {image}: it goes ({size})',
    zh: '节点磁盘不足，且 {image} 未被使用：删除它（{size}）',
  },
  'gc.imageRemoved': { en: '{image} is gone: {size} freed', zh: '{image} 已删除：释放 {size}' },
  'gc.imageStays': { en: '{image} could not be removed: {message}', zh: '无法删除 {image}：{message}' },
  'gc.imagesFailed': {
    en: 'the image garbage collection failed: {message}',
    zh: '镜像垃圾回收失败：{message}',
  },
} as const satisfies Catalogue;
