/** Why a pod was let in, refused, or had to make room. */
import type { Catalogue } from './catalogue.ts';

export const whyPods = {
  'preemption.begins': {
    en: 'critical pod {pod} does not fit, and critical pods are never refused for want of room: {victims} must go; until then the loop takes no other pod in',
    zh: '关键 Pod {pod} 放不下，而关键 Pod 从不因资源不足被拒绝：{victims} 必须腾出位置；在此之前同步循环不接纳其他 Pod',
  },
  'preemption.victim': {
    en: 'the pod makes room for critical pod {pod}',
    zh: '该 Pod 为关键 Pod {pod} 让位',
  },
  'preemption.roomMade': {
    en: 'what was in the way has ended: the pod may come in',
    zh: '挡路的 Pod 都已结束：可以接纳该 Pod',
  },
} as const satisfies Catalogue;
