/**
 * Ending a pod because the kubelet itself decided so: eviction, preemption, node shutdown. Whoever asked waits
 * until no container of the pod runs. Follows pkg/kubelet/pod_workers.go killPodNow.
 */
import type { Pod } from '../../api/types.ts';
import { type Draft, emit, refOf, type Say, stateOf } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import { exceededGracePeriod } from '../events/texts.ts';
import type { PodEnding } from '../status/ending.ts';
import type { KillPodOptions } from './pod-workers.ts';
import { terminatePod } from './worker.ts';
import { setWorker } from './worker-slice.ts';

/** For calls to the runtime to come through, when the grace period leaves less. */
const LEAST_TIMEOUT_MS = 10_000;

const PREFIX = 'killPodNow/';

/** Whether the timer is the end of somebody's wait for a pod's end. */
export function isKillTimer(timerId: string): boolean {
  return timerId.startsWith(PREFIX);
}

/**
 * Ends the pod with this status. Without `graceOverrideSeconds` the pod has its own grace period.
 */
export function killPodNow(draft: Draft, pod: Pod, ending: PodEnding, say: Say, kill: KillPodOptions): void {
  const { uid } = pod.metadata;
  const graceMs = (kill.graceOverrideSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 0) * 1_000;
  const delayMs = Math.max(LEAST_TIMEOUT_MS, graceMs * 1.5);
  setWorker(draft, uid, { ending, killDeadlineMs: draft.state.nowMs + delayMs });
  emit(draft, refOf('podWorker', pod), { type: 'startTimer', timerId: PREFIX + uid, delayMs });
  terminatePod(draft, uid, say, kill);
}

/** No container of the pod runs any more. */
function isKilled(draft: Draft, pod: Pod): boolean {
  return stateOf(draft, refOf('podWorker', pod)).startsWith('terminated');
}

/** Nobody waits for the kill any longer: it is done, or took too long. */
export function killIsOver(draft: Draft, pod: Pod): boolean {
  const worker = draft.state.workers[pod.metadata.uid];
  if (worker?.killDeadlineMs === undefined) return true;
  return draft.state.nowMs >= worker.killDeadlineMs || isKilled(draft, pod);
}

/** The wait is over; a pod that still runs is told of. */
export function killTimedOut(draft: Draft, pod: Pod): void {
  if (!isKilled(draft, pod)) recordEvent(draft, pod, exceededGracePeriod());
}
