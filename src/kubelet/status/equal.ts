/** Whether a status says anything new: what keeps the kubelet from sending the same thing again. */
import type { PodStatus } from '../../api/types.ts';

/**
 * Deep equality without regard to the order of conditions (status_manager.go isPodStatusByKubeletEqual);
 * a field that is undefined counts as absent.
 */
export function podStatusEqual(a: PodStatus, b: PodStatus): boolean {
  return deepEqual(ordered(a), ordered(b));
}

function ordered(status: PodStatus): PodStatus {
  const conditions = [...(status.conditions ?? [])].sort((x, y) => (x.type < y.type ? -1 : 1));
  return { ...status, conditions };
}

type Fields = Readonly<Record<string, unknown>>;

function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  return covers(a as Fields, b as Fields) && covers(b as Fields, a as Fields, () => true);
}

/** Whether every field of `a` that is defined stands in `b` too. */
function covers(a: Fields, b: Fields, same: (x: unknown, y: unknown) => boolean = deepEqual): boolean {
  for (const key in a) {
    if (a[key] !== undefined && (b[key] === undefined || !same(a[key], b[key]))) return false;
  }
  return true;
}
