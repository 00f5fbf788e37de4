/**
 * Housekeeping of the pod workers: those whose pods no source wants are told to end, and what has ended is
 * forgotten. Follows pkg/kubelet/pod_workers.go SyncKnownPods and removeTerminatedWorker.
 */
import { without } from '../state.ts';
import { podGracePeriod } from '../termination/grace.ts';
import { requeueLastUpdate } from './complete-sync.ts';
import { type PodWorkers, withStatus } from './pod-workers.ts';
import { releaseStaticName } from './start-pod-sync.ts';

export interface KnownPods {
  readonly workers: PodWorkers;
  /** Forgotten: by pod UID. */
  readonly removed: readonly string[];
  /** Told to end because no source has them. */
  readonly terminated: readonly string[];
  /** On their way to an end that nobody else would remind them of: they try again. */
  readonly requeued: readonly string[];
}

/** @param desired the UIDs of all pods that the sources want. */
export function syncKnownPods(
  workers: PodWorkers,
  desired: Pick<ReadonlySet<string>, 'has'>,
  nowMs: number,
): KnownPods {
  let after: PodWorkers = workers.podsSynced ? workers : { ...workers, podsSynced: true };
  const removed: string[] = [];
  const terminated: string[] = [];
  const requeued: string[] = [];
  for (const [podUid, known] of Object.entries(workers.statuses)) {
    const orphan = !desired.has(podUid);
    if (!orphan && !known.restartRequested) continue;
    after = removeTerminatedWorker(after, podUid, orphan, nowMs);
    const status = after.statuses[podUid];
    if (status === undefined) {
      removed.push(podUid);
      continue;
    }
    if (known.terminatingAtMs === undefined && status.terminatingAtMs !== undefined) terminated.push(podUid);
    else if (known.pending === undefined && status.pending !== undefined) requeued.push(podUid);
  }
  return { workers: after, removed, terminated, requeued };
}

/** Forgets a worker that is done; one whose pod no source wants is driven to its end. */
export function removeTerminatedWorker(
  workers: PodWorkers,
  podUid: string,
  orphan: boolean,
  nowMs: number,
): PodWorkers {
  const status = workers.statuses[podUid];
  if (status === undefined) return workers;
  const forgotten = () =>
    releaseStaticName({ ...workers, statuses: without(workers.statuses, podUid) }, podUid, status.fullname);
  if (status.finished) return forgotten();
  if (!orphan) return workers;
  // Never started, and nothing of it was seen running: nothing has to be ended.
  if (status.startedAtMs === undefined && !status.observedRuntime) return forgotten();
  const deleted = { ...status, deleted: true };
  if (status.terminatingAtMs !== undefined) return withStatus(workers, podUid, requeueLastUpdate(deleted));
  const pod = status.active?.pod;
  const { gracePeriodSeconds } = podGracePeriod({
    currentSeconds: status.graceSeconds,
    specSeconds: pod?.spec.terminationGracePeriodSeconds,
    deletionSeconds: pod?.metadata.deletionGracePeriodSeconds,
    overrideSeconds: pod === undefined ? 1 : undefined,
  });
  const ending = { ...deleted, terminatingAtMs: nowMs, graceSeconds: gracePeriodSeconds };
  return withStatus(workers, podUid, requeueLastUpdate(ending));
}
