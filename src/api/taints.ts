/** Taints and tolerations (component-helpers scheduling/corev1/helpers.go, api/core/v1/toleration.go). */
import type { PodSpec, Toleration } from './types.ts';

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
  readonly timeAdded?: string;
}

/** ToleratesTaint: what a toleration leaves out matches everything, except that a value must be named. */
function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  return operator === 'Exists' || (value ?? '') === (taint.value ?? '');
}

/** TolerationsTolerateTaint. */
export function toleratesTaint(tolerations: PodSpec['tolerations'], taint: Taint): boolean {
  return (tolerations ?? []).some((toleration) => tolerates(toleration, taint));
}
