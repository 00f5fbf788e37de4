/** Reading and writing one worker's slice: the words in which the tasks of a sync are written. */
import { present } from '../../lib/assert.ts';
import { withEntry } from '../../lib/with-entry.ts';
import { type Draft, update } from '../draft.ts';
import { requeueLastUpdate } from './complete-sync.ts';
import { type PodSyncStatus, withStatus } from './pod-workers.ts';
import type { PodWorker, Sync, SyncError, Task, Wait } from './worker-state.ts';

/** It must have one. */
export function workerOf(draft: Draft, podUid: string): PodWorker {
  return present(draft.state.workers[podUid], `the pod worker of ${podUid}`);
}

/** Where the worker's machine stands; empty before its first event. */
export function workerState({ state }: Draft, { podUid, key }: PodWorker): string {
  return state.machines[podUid]?.[key]?.state ?? '';
}

/** The workers that are not idle, in the order in which they began. */
export function busyWorkers({ state }: Draft): readonly PodWorker[] {
  if (state.busyWorkers.length === 0) return [];
  const busy = new Set(state.busyWorkers);
  return Object.values(state.workers).filter(({ podUid }) => busy.has(podUid));
}

/** It must be under way. */
export function syncOf(draft: Draft, podUid: string): Sync {
  return present(workerOf(draft, podUid).sync, `a sync of ${podUid}`);
}

export function setWorker(draft: Draft, podUid: string, change: Partial<PodWorker>): void {
  const worker = { ...workerOf(draft, podUid), ...change };
  draft.touched.add(podUid);
  update(draft, { workers: withEntry(draft.state.workers, podUid, worker) });
}

export function setSync(draft: Draft, podUid: string, change: Partial<Sync>): void {
  setWorker(draft, podUid, { sync: { ...syncOf(draft, podUid), ...change } });
}

/** Puts tasks before those that are left. */
export function doNext(draft: Draft, podUid: string, tasks: readonly Task[]): void {
  setSync(draft, podUid, { tasks: [...tasks, ...syncOf(draft, podUid).tasks] });
}

/** The task under way goes on when `wait` is over. */
export function waitFor(draft: Draft, podUid: string, wait: Wait): void {
  setSync(draft, podUid, { wait });
}

export function addError(draft: Draft, podUid: string, error: SyncError): void {
  setSync(draft, podUid, { errors: [...syncOf(draft, podUid).errors, error] });
}

/** Gives the rest of the sync up. */
export function dropTasks(draft: Draft, podUid: string, keep: (task: Task) => boolean = () => false): void {
  setSync(draft, podUid, { tasks: syncOf(draft, podUid).tasks.filter(keep) });
}

/** What the sync of a pod waits for; undefined when it waits for nothing or there is none. */
export function waitOf(draft: Draft, podUid: string): Wait | undefined {
  return draft.state.workers[podUid]?.sync?.wait;
}

/** The worker's record of the pod; undefined once housekeeping has forgotten it. */
export function statusOf(draft: Draft, podUid: string): PodSyncStatus | undefined {
  return draft.state.podWorkers.statuses[podUid];
}

/** The sync under way is followed by another one. */
export function syncAgain(draft: Draft, podUid: string): void {
  const status = statusOf(draft, podUid);
  if (status === undefined) return;
  update(draft, { podWorkers: withStatus(draft.state.podWorkers, podUid, requeueLastUpdate(status)) });
}
