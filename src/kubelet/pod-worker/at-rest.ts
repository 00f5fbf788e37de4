/**
 * Pods at rest: a sync that looks at the very same things as one that found nothing to do finds nothing either.
 * The real kubelet computes it all again each minute.
 */
import type { KubeObject, Pod } from '../../api/types.ts';
import type { Draft } from '../draft.ts';
import { isStaticPod } from '../pod-manager/pod-kinds.ts';
import { allContainers } from '../pod-spec.ts';
import type { RuntimePod } from '../runtime-pod.ts';
import type { KubeletState } from '../state.ts';
import { tokensOf } from '../volumes/set-up.ts';

interface Rest {
  readonly looked: readonly unknown[];
  /** Until its first token is old, epoch milliseconds. */
  readonly untilMs: number;
}

/** By what PLEG had seen of the pod: what else its last sync looked at, which found nothing to do. */
const resting = new WeakMap<RuntimePod, Rest>();

/** Whether a sync of the pod would find nothing to do, as the one before it. */
export function isAtRest({ state }: Draft, podUid: string): boolean {
  const seen = state.pleg.cache[podUid];
  const rest = seen && resting.get(seen);
  return rest !== undefined && state.nowMs <= rest.untilMs && isSame(rest.looked, lookedAt(state, podUid));
}

/** The tasks of a sync are done; when it began, the state was `before`. */
export function noteRest({ state }: Draft, before: KubeletState, podUid: string): void {
  const seen = state.pleg.cache[podUid];
  const { pod, sync } = state.workers[podUid] ?? {};
  if (seen === undefined || pod === undefined || sync?.errors.length !== 0 || changesByItself(pod)) return;
  const looked = lookedAt(state, podUid);
  if (!hasChangedNothing(before, state) || !isSame(looked, lookedAt(before, podUid))) return;
  const untilMs = Math.min(...tokensOf(state, pod).map((token) => token?.refreshAtMs ?? 0));
  resting.set(seen, { looked, untilMs });
}

/** A deadline passes with the time, a probe's answers come between two syncs, a static pod's mirror may be lost. */
function changesByItself(pod: Pod): boolean {
  if (pod.spec.activeDeadlineSeconds !== undefined || isStaticPod(pod)) return true;
  return allContainers(pod).some(
    ({ livenessProbe, readinessProbe, startupProbe }) => livenessProbe ?? readinessProbe ?? startupProbe,
  );
}

/** Everything that a sync goes by, apart from the time and what PLEG has seen. */
function lookedAt(state: KubeletState, podUid: string): readonly unknown[] {
  const { pod, key, ending, directoriesMade, podResources } = state.workers[podUid] ?? {};
  const { node, config, cpuManager, runtime, statuses, startErrors, allocation, volumes } = state;
  const looked: unknown[] = [pod, ending, directoriesMade, podResources, node, config, cpuManager];
  looked.push(runtime.networkError, statuses[podUid], startErrors[podUid], allocation.resizes[podUid]);
  looked.push(volumes.desired[podUid], ...(pod === undefined ? [] : tokensOf(state, pod)));
  for (const name in state.objects) looked.push(stableOf(state.objects[name]));
  const machines = state.machines[podUid];
  for (const own in machines) if (own !== key) looked.push(machines[own]);
  return looked;
}

/** Of a Node, which tells the time with its status, volumes go by the labels alone. */
const stableOf = (object: KubeObject | undefined) =>
  object?.kind === 'Node' ? object.metadata.labels : object;

const isSame = (before: readonly unknown[], now: readonly unknown[]) =>
  now.length === before.length && now.every((one, index) => one === before[index]);

/** No manager's slice has changed, and no effect was asked for. */
function hasChangedNothing(before: KubeletState, after: KubeletState): boolean {
  return (Object.keys(after) as (keyof KubeletState)[]).every(
    (slice) => slice === 'workers' || before[slice] === after[slice],
  );
}
