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

function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = defined(a);
  const right = defined(b);
  if (left.size !== right.size) return false;
  return [...left].every(([key, value]) => right.has(key) && deepEqual(value, right.get(key)));
}

function defined(value: object): Map<string, unknown> {
  return new Map(Object.entries(value).filter(([, field]) => field !== undefined));
}
