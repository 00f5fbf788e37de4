/**
 * The end of a worker's run: what the record says after a sync, a termination, or the clean-up after it.
 * Follows pkg/kubelet/pod_workers.go completeSync, completeTerminating, completeTerminated, completeWork.
 */
import { without } from '../state.ts';
import { type PodSyncStatus, type PodWorkers, withStatus } from './pod-workers.ts';
import { releaseStaticName } from './start-pod-sync.ts';

function change(
  workers: PodWorkers,
  podUid: string,
  to: (status: PodSyncStatus) => PodSyncStatus,
): PodWorkers {
  const status = workers.statuses[podUid];
  return status === undefined ? workers : withStatus(workers, podUid, to(status));
}

/** requeueLastPodUpdate: what the last sync got runs again, unless something newer waits. */
export function requeueLastUpdate(status: PodSyncStatus): PodSyncStatus {
  if (status.pending !== undefined || status.active === undefined) return status;
  return { ...status, pending: status.active, working: true };
}

/** acknowledgeTerminating: from here on no container of the pod is started. */
export function acknowledgeTerminating(workers: PodWorkers, podUid: string): PodWorkers {
  return change(workers, podUid, (status) => ({ ...status, startedTerminating: true }));
}

/** completeSync: the sync found that the pod has ended by itself. */
export function completeSync(workers: PodWorkers, podUid: string, nowMs: number): PodWorkers {
  return change(workers, podUid, (status) =>
    requeueLastUpdate({
      ...status,
      terminatingAtMs: status.terminatingAtMs ?? nowMs,
      startedTerminating: true,
    }),
  );
}

/** completeTerminating: no container of the pod runs. */
export function completeTerminating(workers: PodWorkers, podUid: string, nowMs: number): PodWorkers {
  return change(workers, podUid, (status) => requeueLastUpdate({ ...status, terminatedAtMs: nowMs }));
}

/** completeTerminatingRuntimePod: a pod that only the runtime knew is gone, and forgotten. */
export function completeTerminatingRuntimePod(workers: PodWorkers, podUid: string): PodWorkers {
  const fullname = workers.statuses[podUid]?.fullname ?? '';
  return releaseStaticName({ ...workers, statuses: without(workers.statuses, podUid) }, podUid, fullname);
}

/** completeTerminated: the worker is done with the pod. */
export function completeTerminated(workers: PodWorkers, podUid: string): PodWorkers {
  const after = change(workers, podUid, (status) => {
    const { pending: _dropped, ...rest } = status;
    return { ...rest, finished: true, working: false };
  });
  return releaseStaticName(after, podUid, workers.statuses[podUid]?.fullname ?? '');
}

/** completeWork: what came meanwhile runs next, or the worker rests. */
export function completeWork(workers: PodWorkers, podUid: string): PodWorkers {
  return change(workers, podUid, (status) => ({ ...status, working: status.pending !== undefined }));
}
