/**
 * A pod worker's run: it begins with the update that waits, goes through the tasks of one sync, and says
 * what comes next. Follows pkg/kubelet/pod_workers.go podWorkerLoop.
 */
import { withEntry } from '../../lib/with-entry.ts';
import {
  jitteredMs,
  REQUEUE_JITTER_FACTOR,
  type SyncError as RequeueError,
  requeueDelayMs,
} from '../backoff/requeue.ts';
import { type Draft, move, moveIf, refOf, type Say, stateOf, update } from '../draft.ts';
import { dropPulls } from '../images/image-manager.ts';
import { observeRecords } from '../pleg/observe.ts';
import { isCacheNewer } from '../pleg/pleg.ts';
import { emptyRuntimePod } from '../runtime-pod.ts';
import { tellStartErrors, terminatePodStatus } from '../status/status-manager.ts';
import { WHERE } from '../where.ts';
import { isAtRest, noteRest } from './at-rest.ts';
import {
  acknowledgeTerminating,
  completeSync,
  completeTerminated,
  completeTerminating,
  completeTerminatingRuntimePod,
  completeWork,
} from './complete-sync.ts';
import { type StartedSync, startPodSync } from './start-pod-sync.ts';
import { logSyncErrors } from './sync-log.ts';
import { performTask } from './tasks.ts';
import { dropTasks, setSync, setWorker, statusOf, syncOf, workerOf, workerState } from './worker-slice.ts';
import type { SyncError, Task } from './worker-state.ts';

const SYNC: readonly Task[] = [
  { type: 'generateStatus' },
  { type: 'reconcileMirrorPod' },
  { type: 'makePodDirectories' },
  { type: 'waitForVolumes' },
  { type: 'computePodActions' },
];
/** Of a pod at rest. */
const REST: readonly Task[] = [];
const TERMINATING: readonly Task[] = [
  { type: 'generateStatus' },
  { type: 'killPod' },
  { type: 'readPodStatus' },
  { type: 'generateStatus' },
];
const TERMINATED: readonly Task[] = [
  { type: 'generateStatus' },
  { type: 'unmountVolumes' },
  { type: 'removeProbes' },
];

/** A pod that no source has, as far as the runtime tells of it: enough to end it, and no more. */
const RUNTIME_TERMINATING: readonly Task[] = [{ type: 'killPod' }, { type: 'readPodStatus' }];

/** The rest of the sync is given up; only a runtime call under way is waited for. */
export function cancelSync(draft: Draft, podUid: string): void {
  dropTasks(draft, podUid);
  dropPulls(draft, podUid);
  if (syncOf(draft, podUid).wait?.for !== 'effect') resume(draft, podUid);
}

/** Begins the sync that is due, once PLEG's cache is newer than the last one. */
export function proceed(draft: Draft, podUid: string): void {
  const worker = workerOf(draft, podUid);
  const state = workerState(draft, worker);
  const ended = state === 'terminated.working';
  if (!ended && !state.endsWith('.awaitingCache')) return;
  if (ended && worker.sync !== undefined) return;
  const ref = refOf('podWorker', worker.pod);
  const status = statusOf(draft, podUid);
  const needsCache = !ended && status?.pending?.runningPod === undefined;
  if (needsCache && !isCacheNewer(draft.state, podUid, worker.lastSyncMs)) return;
  const started = startPodSync(draft.state.podWorkers, podUid, draft.state.nowMs);
  update(draft, { podWorkers: started.workers });
  const where = WHERE.startPodSync;
  switch (started.start) {
    case 'nothing':
      return;
    case 'waits': {
      const requeueMs = drawRequeueMs(draft, [{ kind: 'generic' }]);
      const values = { name: worker.pod.metadata.name };
      move(
        draft,
        ref,
        { type: 'StartDenied', requeueMs },
        { stage: 'sync', why: 'worker.startDenied', values, where },
      );
      return;
    }
    case 'never':
      move(draft, ref, { type: 'NeverStarted' }, { stage: 'kill', why: 'worker.neverStarted', where });
      return;
    case 'runs':
      begin(draft, podUid, started);
  }
}

/** The sync works with the pod of the update that it took. */
function begin(draft: Draft, podUid: string, { workType, update: taken }: StartedSync): void {
  if (taken?.pod !== undefined) setWorker(draft, podUid, { pod: taken.pod });
  const ref = refOf('podWorker', workerOf(draft, podUid).pod);
  switch (workType) {
    case 'SyncPod':
      move(draft, ref, { type: 'CacheNewer' }, { stage: 'sync', why: 'worker.syncs', where: WHERE.syncPod });
      beginSync(draft, podUid, isAtRest(draft, podUid) ? REST : SYNC);
      return;
    case 'TerminatingPod': {
      const only = taken?.pod === undefined;
      const why = only ? 'worker.terminatingRuntimePod' : 'worker.terminating';
      const where = only ? WHERE.syncTerminatingRuntimePod : WHERE.syncTerminatingPod;
      move(draft, ref, { type: 'CacheNewer' }, { stage: 'kill', why, where });
      update(draft, { podWorkers: acknowledgeTerminating(draft.state.podWorkers, podUid) });
      beginSync(draft, podUid, only ? RUNTIME_TERMINATING : TERMINATING);
      return;
    }
    case 'TerminatedPod':
      beginSync(draft, podUid, TERMINATED);
  }
}

function beginSync(draft: Draft, podUid: string, tasks: readonly Task[]): void {
  const before = draft.state;
  if (tasks !== REST) observeRecords(draft, workerOf(draft, podUid).pod);
  setTasks(draft, podUid, tasks);
  if (!workOff(draft, podUid)) return;
  if (tasks === SYNC) noteRest(draft, before, podUid);
  endSync(draft, podUid);
}

function setTasks(draft: Draft, podUid: string, tasks: readonly Task[]): void {
  const runtimePod = draft.state.pleg.cache[podUid] ?? emptyRuntimePod(podUid);
  setWorker(draft, podUid, { runtimePod, sync: { tasks, errors: [], terminal: false } });
}

/** Goes on with the tasks that are left. */
function advance(draft: Draft, podUid: string): void {
  if (workOff(draft, podUid)) endSync(draft, podUid);
}

/** Goes through the tasks until one waits (false) or none is left (true). */
function workOff(draft: Draft, podUid: string): boolean {
  for (;;) {
    const sync = draft.state.workers[podUid]?.sync;
    if (sync === undefined || sync.wait !== undefined) return false;
    const [task, ...tasks] = sync.tasks;
    if (task === undefined) return true;
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
    workers: withEntry(draft.state.workers, podUid, { ...rest, lastSyncMs: draft.state.nowMs }),
  });
  const where = WHERE.completeWork;
  if (state === 'terminated.working') {
    update(draft, { podWorkers: completeTerminated(draft.state.podWorkers, podUid) });
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
  logSyncErrors(draft, worker.pod, sync.errors);
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
    update(draft, { podWorkers: completeSync(draft.state.podWorkers, podUid, draft.state.nowMs) });
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
  const { podWorkers, nowMs } = draft.state;
  if (statusOf(draft, podUid)?.active?.pod === undefined) {
    endRuntimePod(draft, podUid);
    return;
  }
  update(draft, { podWorkers: completeTerminating(podWorkers, podUid, nowMs) });
  proceed(draft, podUid);
}

/** Nothing is known of the pod that could be cleaned up: the worker is done with it, and keeps no record. */
function endRuntimePod(draft: Draft, podUid: string): void {
  update(draft, { podWorkers: completeTerminatingRuntimePod(draft.state.podWorkers, podUid) });
  const ref = refOf('podWorker', workerOf(draft, podUid).pod);
  const say: Say = { stage: 'kill', why: 'worker.finished', where: WHERE.syncTerminatingRuntimePod };
  move(draft, ref, { type: 'TerminatedCompleted' }, say);
}

/** An update that came during the sync runs next. */
function followUp(draft: Draft, podUid: string): void {
  update(draft, { podWorkers: completeWork(draft.state.podWorkers, podUid) });
  if (statusOf(draft, podUid)?.pending !== undefined) {
    const say: Say = { stage: 'sync', why: 'worker.pending', where: WHERE.podWorkerLoop };
    moveIf(draft, refOf('podWorker', workerOf(draft, podUid).pod), { type: 'UpdatePod' }, say);
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
