/** The order in which the containers of a dying pod are stopped: main containers, then sidecars from the last. */
import type { Pod } from '../../api/types.ts';
import { isSidecar } from '../pod-actions/restart-policy.ts';

/** By container: the running containers that must have ended before it is stopped. */
export type StopPrerequisites = Readonly<Record<string, readonly string[]>>;

/**
 * kuberuntime_termination_order.go newTerminationOrdering. A sidecar waits for all main containers and
 * for the sidecar directly after it; what does not run is not waited for, and the wait is not passed on.
 * Without a sidecar nobody waits. Only when the whole pod is killed.
 */
export function stopPrerequisites(pod: Pod, running: ReadonlySet<string>): StopPrerequisites {
  const initContainers = pod.spec.initContainers ?? [];
  const sidecars = initContainers.filter(isSidecar).map((container) => container.name);
  const main = pod.spec.containers.map((container) => container.name);
  const prerequisites: Record<string, readonly string[]> = {};
  for (const name of [...initContainers.map((container) => container.name), ...main]) {
    if (running.has(name)) prerequisites[name] = [];
  }
  for (const [index, name] of sidecars.entries()) {
    if (!running.has(name)) continue;
    const after = sidecars[index + 1];
    prerequisites[name] = [...main, ...(after === undefined ? [] : [after])].filter((other) =>
      running.has(other),
    );
  }
  return prerequisites;
}

/** Whether the pod's containers are stopped in an order at all. */
export function hasStopOrder(pod: Pod): boolean {
  return (pod.spec.initContainers ?? []).some(isSidecar);
}

/**
 * When each container gets its turn, in milliseconds from the kill, if each takes `exitMs` once it is
 * stopped; nobody waits longer than the grace, less what the own hook took (terminationOrdering.waitForTurn).
 */
export function turnTimesMs(
  prerequisites: StopPrerequisites,
  graceSeconds: number,
  exitMs: number,
): Readonly<Record<string, number>> {
  const turns: Record<string, number> = {};
  const limitMs = graceSeconds * 1000;
  const turnOf = (name: string): number => {
    const known = turns[name];
    if (known !== undefined) return known;
    const ends = (prerequisites[name] ?? []).map((other) => turnOf(other) + exitMs);
    const turn = Math.min(Math.max(0, ...ends), limitMs);
    turns[name] = turn;
    return turn;
  };
  for (const name of Object.keys(prerequisites)) turnOf(name);
  return turns;
}
