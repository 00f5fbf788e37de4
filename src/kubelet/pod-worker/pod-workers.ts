/**
 * What the pod workers know of each pod: since when it is synced, terminating and terminated, and which
 * updates wait. Other parts of the kubelet ask here whether a pod may still have containers.
 * Follows pkg/kubelet/pod_workers.go podSyncStatus and podWorkers.
 */
import type { Pod } from '../../api/types.ts';
import { withEntry } from '../../lib/with-entry.ts';

/** A pod that the runtime has and no source wants: all that is known of it (kubecontainer.Pod). */
export interface RunningPod {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
}

/** How a pod is to be ended, when not as its spec says. */
export interface KillPodOptions {
  readonly evict?: boolean;
  /** Wins when it is shorter than what was settled so far. */
  readonly graceOverrideSeconds?: number;
}

/** An update for one pod worker: `pod`, or `runningPod` for a pod that only the runtime knows. */
export interface UpdatePodOptions {
  readonly type: 'create' | 'update' | 'sync' | 'kill';
  readonly pod?: Pod;
  readonly runningPod?: RunningPod;
  readonly kill?: KillPodOptions;
}

/** The worker's record of one pod. An instant that is undefined has not come. */
export interface PodSyncStatus {
  /** `name_namespace`. */
  readonly fullname: string;
  /** An update waits or is being worked on. */
  readonly working: boolean;
  /** The update that runs next; a newer one replaces it. */
  readonly pending?: UpdatePodOptions;
  /** What the last sync got, kills accumulated. */
  readonly active?: UpdatePodOptions;
  /** The worker saw the pod for the first time. */
  readonly syncedAtMs: number;
  /** The pod was allowed to start. */
  readonly startedAtMs?: number;
  /** The pod's end was asked for. */
  readonly terminatingAtMs?: number;
  /** No container of it runs any more. */
  readonly terminatedAtMs?: number;
  /** The grace period of its end; 0 before that is settled. */
  readonly graceSeconds: number;
  /** The worker has seen that the pod ends: no container is started any more. */
  readonly startedTerminating: boolean;
  /** Deleted at its source, or its source does not have it. */
  readonly deleted: boolean;
  readonly evicted: boolean;
  /** Nothing is left to do; the record stays until housekeeping. */
  readonly finished: boolean;
  /** A pod of the same UID was created while this one ended. */
  readonly restartRequested: boolean;
  /** The runtime had it although no source did. */
  readonly observedRuntime: boolean;
}

export interface PodWorkers {
  /** Housekeeping ran once: every pod of every source has been seen. */
  readonly podsSynced: boolean;
  /** By pod UID. */
  readonly statuses: Readonly<Record<string, PodSyncStatus>>;
  /** By full name: the static pod that has started. */
  readonly startedStaticPods: Readonly<Record<string, string>>;
  /** By full name: the static pods that wait for their turn, in order of arrival. */
  readonly waitingStaticPods: Readonly<Record<string, readonly string[]>>;
}

export const NO_POD_WORKERS: PodWorkers = {
  podsSynced: false,
  statuses: {},
  startedStaticPods: {},
  waitingStaticPods: {},
};

/** Which part of its life the worker is at (podSyncStatus.WorkType). */
export type WorkType = 'SyncPod' | 'TerminatingPod' | 'TerminatedPod';

export function workTypeOf(status: PodSyncStatus): WorkType {
  if (status.terminatedAtMs !== undefined) return 'TerminatedPod';
  return status.terminatingAtMs === undefined ? 'SyncPod' : 'TerminatingPod';
}

/** Replaces one pod's record. */
export function withStatus(workers: PodWorkers, podUid: string, status: PodSyncStatus): PodWorkers {
  return { ...workers, statuses: withEntry(workers.statuses, podUid, status) };
}

/** IsPodTerminationRequested: an unknown pod is not being terminated. */
export function isTerminationRequested({ statuses }: PodWorkers, podUid: string): boolean {
  return statuses[podUid]?.terminatingAtMs !== undefined;
}

/** IsPodKnownTerminated. */
export function isKnownTerminated({ statuses }: PodWorkers, podUid: string): boolean {
  return statuses[podUid]?.terminatedAtMs !== undefined;
}

/** CouldHaveRunningContainers: before the first housekeeping an unknown pod could. */
export function couldHaveRunningContainers({ statuses, podsSynced }: PodWorkers, podUid: string): boolean {
  const status = statuses[podUid];
  return status === undefined ? !podsSynced : status.terminatedAtMs === undefined;
}

/** ShouldPodContainersBeTerminating: no container of the pod is started any more. */
export function containersShouldTerminate({ statuses, podsSynced }: PodWorkers, podUid: string): boolean {
  return statuses[podUid]?.startedTerminating ?? podsSynced;
}

/** ShouldPodContentBeRemoved: the pod's directory and volumes may go. */
export function contentShouldBeRemoved({ statuses, podsSynced }: PodWorkers, podUid: string): boolean {
  const status = statuses[podUid];
  if (status === undefined) return podsSynced;
  return status.evicted || (status.deleted && status.terminatedAtMs !== undefined);
}

/** IsPodForMirrorPodTerminatingByFullName: the static pod that this mirror shows is just ending. */
export function isMirroredPodTerminating(workers: PodWorkers, fullname: string): boolean {
  const status = workers.statuses[workers.startedStaticPods[fullname] ?? ''];
  return status?.terminatingAtMs !== undefined && status.terminatedAtMs === undefined;
}
