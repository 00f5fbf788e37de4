/** The warnings about fields that are not honoured. */
import type { Catalogue } from './catalogue.ts';

export const support = {
  'support.warned': {
    en: 'Warning: {path} is not honoured on the {runtime} runtime',
    zh: '警告：{runtime} 运行时不支持 {path}，它不会生效',
  },
  'support.stuck': {
    en: 'Warning: {path} is not supported on the {runtime} runtime, the pod will wait: {note}',
    zh: '警告：{runtime} 运行时不支持 {path}，Pod 会一直等待：{note}',
  },
  'support.configuration': {
    en: 'Warning: {path} has no effect: {note}',
    zh: '警告：{path} 不起作用：{note}',
  },
} as const satisfies Catalogue;
