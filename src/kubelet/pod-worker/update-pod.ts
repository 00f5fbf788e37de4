/**
 * One update of one pod worker: whether the pod is to be set up, torn down or left alone.
 * Follows pkg/kubelet/pod_workers.go UpdatePod.
 */
import type { Pod } from '../../api/types.ts';
import { isStaticPod, podFullName } from '../pod-manager/pod-kinds.ts';
import { isTerminalPhase } from '../status/merge.ts';
import { podGracePeriod } from '../termination/grace.ts';
import {
  type KillPodOptions,
  type PodSyncStatus,
  type PodWorkers,
  type UpdatePodOptions,
  withStatus,
  workTypeOf,
} from './pod-workers.ts';

export interface AppliedUpdate {
  readonly workers: PodWorkers;
  /** The worker has something to do now; false: the update changed nothing that it would run for. */
  readonly accepted: boolean;
  readonly becameTerminating: boolean;
  /** Its end was asked for before, and has less time now. */
  readonly graceShortened: boolean;
}

/** The record of a pod that was never seen; one that is over already only has to be cleaned up after. */
function firstStatus(
  pod: Pod | undefined,
  fullname: string,
  nowMs: number,
  runtimeDone: boolean,
): PodSyncStatus {
  const status: PodSyncStatus = {
    fullname,
    working: false,
    syncedAtMs: nowMs,
    graceSeconds: 0,
    startedTerminating: false,
    deleted: false,
    evicted: false,
    finished: false,
    restartRequested: false,
    observedRuntime: false,
  };
  if (!isTerminalPhase(pod?.status?.phase) || !runtimeDone) return status;
  return { ...status, terminatingAtMs: nowMs, terminatedAtMs: nowMs, startedTerminating: true };
}

/** Why the pod is to end now; undefined when it is not. */
function terminationCause(
  status: PodSyncStatus,
  { type, kill }: UpdatePodOptions,
  pod: Pod | undefined,
  isRuntimePod: boolean,
): Partial<PodSyncStatus> | undefined {
  if (status.terminatingAtMs !== undefined) return undefined;
  if (isRuntimePod || pod?.metadata.deletionTimestamp !== undefined) return { deleted: true };
  if (isTerminalPhase(pod?.status?.phase)) return {};
  if (type !== 'kill') return undefined;
  return kill?.evict === true ? { evicted: true } : {};
}

function settledGrace(status: PodSyncStatus, pod: Pod | undefined, kill: KillPodOptions | undefined) {
  return podGracePeriod({
    currentSeconds: status.graceSeconds,
    specSeconds: pod?.spec.terminationGracePeriodSeconds,
    deletionSeconds: pod?.metadata.deletionGracePeriodSeconds,
    overrideSeconds: kill?.graceOverrideSeconds,
  });
}

/**
 * Takes an update in. A runtime pod can only be killed, and the pod of its worker, if there is one, is
 * used instead of it; a create for a pod that ends asks for a restart; what is finished stays finished.
 * @param runtimeDone nothing of the pod runs, as PLEG's cache has it; false when the cache does not know it.
 */
export function applyUpdate(
  workers: PodWorkers,
  options: UpdatePodOptions,
  nowMs: number,
  runtimeDone: boolean,
): AppliedUpdate {
  const isRuntimePod = options.pod === undefined;
  const named = options.pod?.metadata ?? options.runningPod;
  const ignored: AppliedUpdate = {
    workers,
    accepted: false,
    becameTerminating: false,
    graceShortened: false,
  };
  if (named === undefined || (isRuntimePod && options.type !== 'kill')) return ignored;
  const known = workers.statuses[named.uid];
  const first = known ?? firstStatus(options.pod, podFullName(named), nowMs, runtimeDone);
  const status: PodSyncStatus = isRuntimePod ? { ...first, observedRuntime: true } : first;
  if (known?.terminatingAtMs !== undefined && options.type === 'create') {
    return { ...ignored, workers: withStatus(workers, named.uid, { ...status, restartRequested: true }) };
  }
  const seen = () => ({ ...ignored, workers: withStatus(workers, named.uid, status) });
  if (status.finished) return seen();
  const pod = options.pod ?? status.pending?.pod ?? status.active?.pod;
  const cause = terminationCause(status, options, pod, isRuntimePod);
  const ending: PodSyncStatus =
    cause === undefined ? status : { ...status, ...cause, terminatingAtMs: nowMs };
  if (workTypeOf(ending) === 'TerminatedPod' && isRuntimePod) return seen();
  const { kill: asked, pod: _pod, runningPod, ...rest } = options;
  const subject = pod === undefined ? { ...(runningPod ? { runningPod } : {}) } : { pod };
  const queue = (next: PodSyncStatus, kill?: KillPodOptions): PodWorkers =>
    enqueue(workers, named.uid, known === undefined, {
      ...next,
      pending: { ...rest, ...subject, ...(kill === undefined ? {} : { kill }) },
      working: true,
    });
  const becameTerminating = cause !== undefined;
  if (workTypeOf(ending) !== 'TerminatingPod') {
    return { workers: queue(ending), accepted: true, becameTerminating, graceShortened: false };
  }
  const { gracePeriodSeconds, shortened } = settledGrace(ending, pod, asked);
  const kill = { ...asked, graceOverrideSeconds: gracePeriodSeconds };
  const settled = { ...ending, graceSeconds: gracePeriodSeconds };
  return { workers: queue(settled, kill), accepted: true, becameTerminating, graceShortened: shortened };
}

/** A static pod gets its place among those of its full name when its worker begins. */
function enqueue(workers: PodWorkers, podUid: string, isNew: boolean, status: PodSyncStatus): PodWorkers {
  const queued = withStatus(workers, podUid, status);
  const pod = status.pending?.pod;
  if (!isNew || pod === undefined || !isStaticPod(pod)) return queued;
  const before = workers.waitingStaticPods[status.fullname] ?? [];
  const waitingStaticPods = { ...workers.waitingStaticPods, [status.fullname]: [...before, podUid] };
  return { ...queued, waitingStaticPods };
}
