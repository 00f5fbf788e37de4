/** Why a container's log was turned over. */
import type { Catalogue } from './catalogue.ts';

export const whyLogs = {
  'logs.tooLarge': {
    en: 'the log of {container} has grown to {size}; from {limit} on it is turned over',
    zh: '{container} 的日志已增长到 {size}；达到 {limit} 就要轮转',
  },
  'logs.remove': {
    en: 'an old log of {container} goes, so that not too many are kept: {path}',
    zh: '删除 {container} 的一份旧日志，以免保留过多：{path}',
  },
  'logs.compress': {
    en: 'nobody writes to this older log of {container} any more: {path} is compressed',
    zh: '{container} 的这份旧日志不再写入：压缩 {path}',
  },
  'logs.rename': {
    en: 'the log of {container} is now called {path}; the container still writes to it',
    zh: '{container} 的日志改名为 {path}；容器仍在向它写入',
  },
  'logs.reopen': {
    en: 'the runtime is asked to go on with the log of {container} in a new file',
    zh: '请求运行时把 {container} 的日志继续写入新文件',
  },
  'logs.missing': {
    en: 'the log of {container} is not there: the runtime is asked to begin a new one',
    zh: '{container} 的日志不存在：请求运行时新建一份',
  },
  'logs.failed': {
    en: 'the log of {container} could not be turned over; it is tried again: {message}',
    zh: '{container} 的日志轮转失败，稍后重试：{message}',
  },
} as const satisfies Catalogue;
