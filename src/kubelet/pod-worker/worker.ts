/**
 * The pod workers: they decide when a pod is synced, terminated and done with. One sync at a time for each
 * pod; what comes meanwhile is merged into the next. Follows pkg/kubelet/pod_workers.go.
 */
import type { Pod } from '../../api/types.ts';
import {
  jitteredMs,
  REQUEUE_JITTER_FACTOR,
  type SyncError as RequeueError,
  requeueDelayMs,
} from '../backoff/requeue.ts';
import { type Draft, move, moveIf, refOf, type Say, stateOf, update } from '../draft.ts';
import { dropPulls } from '../images/image-manager.ts';
import { observeRunning } from '../pleg/observe.ts';
import { isCacheNewer } from '../pleg/pleg.ts';
import { emptyRuntimePod } from '../runtime-pod.ts';
import { tellStartErrors, terminatePodStatus } from '../status/status-manager.ts';
import { podGracePeriod } from '../termination/grace.ts';
import { WHERE } from '../where.ts';
import { shortenKills } from './kill.ts';
import { performTask } from './tasks.ts';
import { dropTasks, setSync, setWorker, syncOf, workerOf } from './worker-slice.ts';
import type { SyncError, Task } from './worker-state.ts';

const SYNC: readonly Task[] = [
  { type: 'generateStatus' },
  { type: 'makePodDirectories' },
  { type: 'waitForVolumes' },
  { type: 'computePodActions' },
];
const TERMINATING: readonly Task[] = [
  { type: 'generateStatus' },
  { type: 'killPod' },
  { type: 'readPodStatus' },
  { type: 'generateStatus' },
];
const TERMINATED: readonly Task[] = [
  { type: 'generateStatus' },
  { type: 'unmountVolumes' },
  { type: 'removePodDirectories' },
];

/** A worker for a pod that has none yet. */
export function startWorker(draft: Draft, pod: Pod): void {
  const worker = {
    podUid: pod.metadata.uid,
    pod,
    pendingUpdate: false,
    lastSyncMs: -1,
    runtimePod: emptyRuntimePod(pod.metadata.uid),
    kills: {},
    directoriesMade: false,
  };
  update(draft, { workers: { ...draft.state.workers, [pod.metadata.uid]: worker } });
}

/** Tells the worker that something is new: an update of the pod, or of what is seen of it. */
export function updatePod(draft: Draft, podUid: string, say: Say): void {
  const worker = draft.state.workers[podUid];
  if (worker === undefined) return;
  const ref = refOf('podWorker', worker.pod);
  if (moveIf(draft, ref, { type: 'UpdatePod' }, say) === undefined && worker.sync !== undefined) {
    setWorker(draft, podUid, { pendingUpdate: true });
  }
  proceed(draft, podUid);
}

/**
 * Ends the pod: deleted, or gone from its source. Its grace period only ever goes down.
 * @param graceOverride seconds, when who ends the pod names its own grace period.
 */
export function terminatePod(draft: Draft, podUid: string, say: Say, graceOverride?: number): void {
  const worker = workerOf(draft, podUid);
  const graceSeconds = settleGrace(draft, podUid, graceOverride);
  const ref = refOf('podWorker', worker.pod);
  if (moveIf(draft, ref, { type: 'TerminatePod' }, say) === undefined) {
    shortenKills(draft, worker.pod, graceSeconds);
    return;
  }
  if (stateOf(draft, ref) === 'syncing.cancelling') cancelSync(draft, podUid);
  proceed(draft, podUid);
}

/** The rest of the sync is given up; only a runtime call under way is waited for. */
function cancelSync(draft: Draft, podUid: string): void {
  dropTasks(draft, podUid);
  dropPulls(draft, podUid);
  if (syncOf(draft, podUid).wait?.for !== 'effect') resume(draft, podUid);
}

/** Begins the sync that is due, once PLEG's cache is newer than the last one. */
export function proceed(draft: Draft, podUid: string): void {
  const worker = workerOf(draft, podUid);
  const ref = refOf('podWorker', worker.pod);
  const state = stateOf(draft, ref);
  if (state === 'terminated.working' && worker.sync === undefined) {
    beginSync(draft, podUid, TERMINATED);
    return;
  }
  if (!state.endsWith('.awaitingCache') || !isCacheNewer(draft.state, podUid, worker.lastSyncMs)) return;
  const ending = state.startsWith('terminating');
  move(
    draft,
    ref,
    { type: 'CacheNewer' },
    ending
      ? { stage: 'kill', why: 'worker.terminating', where: WHERE.syncTerminatingPod }
      : { stage: 'sync', why: 'worker.syncs', where: WHERE.syncPod },
  );
  beginSync(draft, podUid, ending ? TERMINATING : SYNC);
}

function beginSync(draft: Draft, podUid: string, tasks: readonly Task[]): void {
  observeRunning(draft, workerOf(draft, podUid).pod);
  const runtimePod = draft.state.pleg.cache[podUid] ?? emptyRuntimePod(podUid);
  setWorker(draft, podUid, {
    pendingUpdate: false,
    runtimePod,
    sync: { tasks, errors: [], terminal: false },
  });
  advance(draft, podUid);
}

/** Goes through the tasks until one waits or none is left. */
function advance(draft: Draft, podUid: string): void {
  for (;;) {
    const sync = draft.state.workers[podUid]?.sync;
    if (sync === undefined || sync.wait !== undefined) return;
    const [task, ...tasks] = sync.tasks;
    if (task === undefined) {
      endSync(draft, podUid);
      return;
    }
    setSync(draft, podUid, { task, tasks });
    performTask(draft, podUid, task);
  }
}

/** What the task under way waited for has come. */
export function resume(draft: Draft, podUid: string): void {
  const { wait: _over, ...sync } = syncOf(draft, podUid);
  const cancelled = stateOf(draft, refOf('podWorker', workerOf(draft, podUid).pod)) === 'syncing.cancelling';
  // What an outcome would have led to is not done any more.
  setWorker(draft, podUid, { sync: cancelled ? { ...sync, tasks: [] } : sync });
  advance(draft, podUid);
}

function endSync(draft: Draft, podUid: string): void {
  const worker = workerOf(draft, podUid);
  const sync = syncOf(draft, podUid);
  const ref = refOf('podWorker', worker.pod);
  const state = stateOf(draft, ref);
  const { sync: _done, ...rest } = worker;
  update(draft, {
    workers: { ...draft.state.workers, [podUid]: { ...rest, lastSyncMs: draft.state.nowMs } },
  });
  const where = WHERE.completeWork;
  if (state === 'terminated.working') {
    move(draft, ref, { type: 'TerminatedCompleted' }, { stage: 'kill', why: 'worker.finished', where });
    terminatePodStatus(draft, worker.pod);
    return;
  }
  if (state === 'terminating.working') {
    endTerminating(draft, podUid, sync.errors);
    return;
  }
  // The real kubelet tells a failed start with the next sync, which may be minutes away; here it is told now.
  if (sync.errors.length > 0) tellStartErrors(draft, worker.pod);
  const requeueMs = drawRequeueMs(draft, sync.errors);
  const [error] = sync.errors;
  move(
    draft,
    ref,
    { type: 'SyncCompleted', requeueMs, terminal: sync.terminal },
    error === undefined
      ? { stage: 'sync', why: sync.terminal ? 'worker.terminal' : 'worker.synced', where }
      : {
          stage: 'sync',
          why: 'worker.syncFailed',
          values: { reason: error.reason, message: error.message },
          where,
        },
  );
  if (sync.terminal && state === 'syncing.working') {
    settleGrace(draft, podUid);
  }
  followUp(draft, podUid);
}

function endTerminating(draft: Draft, podUid: string, errors: readonly SyncError[]): void {
  const { pod } = workerOf(draft, podUid);
  const ref = refOf('podWorker', pod);
  const running = workerOf(draft, podUid).runtimePod.containers.some((c) => c.state === 'CONTAINER_RUNNING');
  const where = WHERE.syncTerminatingPod;
  if (running || errors.length > 0) {
    const requeueMs = drawRequeueMs(draft, [{ kind: 'generic' }]);
    const say: Say = { stage: 'kill', why: 'worker.stillRunning', where };
    move(draft, ref, { type: 'TerminatingFailed', requeueMs }, say);
    followUp(draft, podUid);
    return;
  }
  move(draft, ref, { type: 'TerminatingCompleted' }, { stage: 'kill', why: 'worker.terminated', where });
  proceed(draft, podUid);
}

/** An update that came during the sync runs next. */
function followUp(draft: Draft, podUid: string): void {
  const { pendingUpdate, pod } = workerOf(draft, podUid);
  if (pendingUpdate) {
    setWorker(draft, podUid, { pendingUpdate: false });
    const say: Say = { stage: 'sync', why: 'worker.pending', where: WHERE.podWorkerLoop };
    moveIf(draft, refOf('podWorker', pod), { type: 'UpdatePod' }, say);
  }
  proceed(draft, podUid);
}

/** After how long the worker syncs again; the jitter that spreads workers out comes from the seed. */
function drawRequeueMs(draft: Draft, errors: readonly RequeueError[]): number {
  const { nowMs, random, config } = draft.state;
  const resyncIntervalMs = config.syncFrequencyMs;
  const baseMs = requeueDelayMs({ phaseTransition: false, errors, nowMs, resyncIntervalMs });
  // The end of a back-off is kept to the millisecond.
  if (errors.some(({ kind }) => kind === 'backoff')) return baseMs;
  const [delayMs, after] = jitteredMs(baseMs, REQUEUE_JITTER_FACTOR, random);
  update(draft, { random: after });
  return delayMs;
}

/** Settles the grace period of the pod's end. */
function settleGrace(draft: Draft, podUid: string, overrideSeconds?: number): number {
  const { pod, graceSeconds = 0 } = workerOf(draft, podUid);
  const { gracePeriodSeconds } = podGracePeriod({
    currentSeconds: graceSeconds,
    specSeconds: pod.spec.terminationGracePeriodSeconds,
    deletionSeconds: pod.metadata.deletionGracePeriodSeconds,
    overrideSeconds,
  });
  setWorker(draft, podUid, { graceSeconds: gracePeriodSeconds });
  return gracePeriodSeconds;
}
