/** Why a step happened: the keys that trace entries carry. */
import type { Catalogue } from './catalogue.ts';

export type { Told } from './catalogue.ts';

export const why = {
  'sync.podAdded': {
    en: 'the API server bound the pod to this node; the kubelet starts a pod worker for it',
    zh: 'API 服务器把该 Pod 绑定到了本节点；kubelet 为它启动一个 pod worker',
  },
} as const satisfies Catalogue;

export type WhyKey = keyof typeof why;
