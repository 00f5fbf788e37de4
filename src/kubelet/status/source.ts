/** What a pod's status is generated from: a pod at rest is not looked at twice. */
import type { generatePodStatus } from './generate.ts';

type Sources = Parameters<typeof generatePodStatus>[0];

/** The last sources, and the containers whose readiness they say should be probed at once. */
export interface StatusSource {
  readonly sources: Sources;
  readonly probeNow: readonly string[];
}

/** The time alone changes a status only when it has a deadline; lists are compared item by item. */
export function isSameSource(before: Sources, now: Sources): boolean {
  if (now.pod.spec.activeDeadlineSeconds !== undefined) return false;
  for (const key of Object.keys(now) as (keyof Sources)[]) {
    if (key !== 'nowMs' && !isSame(before[key], now[key])) return false;
  }
  return true;
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, index) => item === b[index]);
}
