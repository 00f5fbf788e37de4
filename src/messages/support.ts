/** The warnings about fields that are not honoured. */
import type { Catalogue } from './catalogue.ts';

export const support = {
  'support.warned': {
    en: '{path} is not honoured on the {runtime} runtime',
    zh: '{runtime} 运行时不支持 {path}，它不会生效',
  },
  'support.stuck': {
    en: '{path} is not supported on the {runtime} runtime; the pod will wait ({note})',
    zh: '{runtime} 运行时不支持 {path}；Pod 会一直等待（{note}）',
  },
} as const satisfies Catalogue;
