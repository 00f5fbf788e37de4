/**
 * The beginning of a worker's run: the update that waits is taken, and the pod is allowed to start, has to
 * wait for another static pod of its name, or never starts.
 * Follows pkg/kubelet/pod_workers.go startPodSync and allowPodStart.
 */
import type { Pod } from '../../api/types.ts';
import { isStaticPod } from '../pod-manager/pod-kinds.ts';
import { without } from '../state.ts';
import {
  type PodSyncStatus,
  type PodWorkers,
  type UpdatePodOptions,
  type WorkType,
  withStatus,
  workTypeOf,
} from './pod-workers.ts';

export interface StartedSync {
  readonly workers: PodWorkers;
  /** `waits`: another static pod of its name has not ended; `never`: it was ended before it could start. */
  readonly start: 'runs' | 'waits' | 'never' | 'nothing';
  readonly workType: WorkType;
  readonly update?: UpdatePodOptions;
}

/** Whether the pod may start now, and whether it may start ever. */
export function allowPodStart(
  workers: PodWorkers,
  pod: Pod,
): { readonly workers: PodWorkers; readonly allowed: boolean; readonly allowedEver: boolean } {
  const { uid } = pod.metadata;
  if (!isStaticPod(pod)) return { workers, allowed: true, allowedEver: true };
  const status = workers.statuses[uid];
  if (status === undefined || status.terminatingAtMs !== undefined) {
    return { workers, allowed: false, allowedEver: false };
  }
  return { ...allowStaticPodStart(workers, status.fullname, uid), allowedEver: true };
}

/** One static pod of a full name at a time, in order of arrival; those that end or are unknown are passed over. */
function allowStaticPodStart(
  workers: PodWorkers,
  fullname: string,
  podUid: string,
): { readonly workers: PodWorkers; readonly allowed: boolean } {
  const started = workers.startedStaticPods[fullname];
  if (started !== undefined) return { workers, allowed: started === podUid };
  const waiting = workers.waitingStaticPods[fullname] ?? [];
  const index = waiting.findIndex((uid) => {
    const status = workers.statuses[uid];
    return status !== undefined && status.terminatingAtMs === undefined;
  });
  const isNext = index < 0 || waiting[index] === podUid;
  const left = index < 0 ? waiting : waiting.slice(isNext ? index + 1 : index);
  const waitingStaticPods =
    left.length > 0
      ? { ...workers.waitingStaticPods, [fullname]: left }
      : without(workers.waitingStaticPods, fullname);
  if (!isNext) return { workers: { ...workers, waitingStaticPods }, allowed: false };
  const startedStaticPods = { ...workers.startedStaticPods, [fullname]: podUid };
  return { workers: { ...workers, waitingStaticPods, startedStaticPods }, allowed: true };
}

/** Takes the waiting update; the record says afterwards what the sync works on. */
export function startPodSync(workers: PodWorkers, podUid: string, nowMs: number): StartedSync {
  const status = workers.statuses[podUid];
  const workType = status === undefined ? 'SyncPod' : workTypeOf(status);
  if (status?.pending === undefined) return { workers, start: 'nothing', workType };
  const { pending: update, ...taken } = status;
  const begin = (from: PodWorkers, started: PodSyncStatus): StartedSync => ({
    workers: withStatus(from, podUid, { ...started, active: mergeUpdates(status.active, update) }),
    start: 'runs',
    workType,
    update,
  });
  if (status.startedAtMs !== undefined) return begin(workers, taken);
  // A pod that only the runtime knows is never started: it goes right to its end.
  if (update.pod === undefined) return begin(workers, taken);
  const { workers: after, allowed, allowedEver } = allowPodStart(workers, update.pod);
  if (!allowedEver) return { workers: neverStarted(after, podUid, nowMs), start: 'never', workType, update };
  if (!allowed) {
    return { workers: withStatus(after, podUid, { ...status, working: false }), start: 'waits', workType };
  }
  return begin(after, { ...taken, startedAtMs: nowMs });
}

/** What an update does not say stays as it was (mergeLastUpdate). */
function mergeUpdates(active: UpdatePodOptions | undefined, update: UpdatePodOptions): UpdatePodOptions {
  const pod = update.pod ?? active?.pod;
  const kill = update.kill ?? active?.kill;
  return { ...update, ...(pod === undefined ? {} : { pod }), ...(kill === undefined ? {} : { kill }) };
}

/** cleanupUnstartedPod: ended before it could start, so there is nothing to terminate. */
function neverStarted(workers: PodWorkers, podUid: string, nowMs: number): PodWorkers {
  const status = workers.statuses[podUid];
  if (status === undefined) return workers;
  return releaseStaticName(
    withStatus(workers, podUid, { ...status, finished: true, working: false, terminatedAtMs: nowMs }),
    podUid,
    status.fullname,
  );
}

/** The next static pod of this full name may start. */
export function releaseStaticName(workers: PodWorkers, podUid: string, fullname: string): PodWorkers {
  if (workers.startedStaticPods[fullname] !== podUid) return workers;
  return { ...workers, startedStaticPods: without(workers.startedStaticPods, fullname) };
}
