/** A timer has fired: the loop's own, a probe worker's, or a machine's `after`. */
import type { Pod } from '../api/types.ts';
import type { KubeletEvent } from '../machines/events.ts';
import { delayedEvent, type EventOf, type MachineName } from '../machines/run-machine.ts';
import { pastActiveDeadline } from './active-deadline.ts';
import { RESIZE_RETRY_TIMER } from './allocation/allocation-manager.ts';
import { FILE_TIMER, fetchManifests, HTTP_TIMER, listManifests } from './config-sources/config-sources.ts';
import { collectGarbage, GC_TIMER } from './container-gc/container-gc.ts';
import { CPU_RECONCILE_TIMER, reconcileCpus } from './cpu-manager/cpu-manager.ts';
import { type Draft, moveIf, refOf, type Say, stateOf } from './draft.ts';
import { EVICTION_TIMER, evictionDue } from './eviction/eviction-manager.ts';
import { postStartOver, resumeAfterKills } from './hook-outcomes.ts';
import { HOUSEKEEPING_PERIOD_MS, HOUSEKEEPING_TIMER, housekeeping } from './housekeeping.ts';
import { collectImages, IMAGE_GC_TIMER } from './images/gc/image-gc.ts';
import { leaseTimer } from './lease/lease.ts';
import { logSyncTick } from './log/loop-log.ts';
import { LOGS_TIMER, rotateLogs } from './logs/container-log-manager.ts';
import { startTimer } from './loop-timer.ts';
import { SHUTDOWN_TIMER, shutdownGroupTimedOut } from './node-shutdown/node-shutdown.ts';
import { nodeTimer } from './node-status/node-status-manager.ts';
import { CACHE_TIMER } from './pleg/evented.ts';
import { beginRelist, RELIST_TIMER } from './pleg/pleg.ts';
import { cacheTicked } from './pleg-outcomes.ts';
import { resizesGoOn } from './pod-handlers.ts';
import { activePods } from './pod-worker/active-pods.ts';
import { takeTurn } from './pod-worker/kill.ts';
import { isKillTimer, killTimedOut } from './pod-worker/kill-pod-now.ts';
import {
  mountTimedOut,
  mountTimerOf,
  pollTimerOf,
  pollVolumes,
  unmountTimedOut,
} from './pod-worker/tasks.ts';
import { updatePod } from './pod-worker/worker.ts';
import { resume } from './pod-worker/worker-run.ts';
import { busyWorkers, waitOf, workerState } from './pod-worker/worker-slice.ts';
import { probeTurn } from './prober/prober-manager.ts';
import { askRuntime, RUNTIME_TIMER } from './runtime-state/runtime-up.ts';
import { isGateShut } from './runtime-state/sync-gate.ts';
import { syncStatuses } from './status/status-manager.ts';
import { volumesGoOn } from './volume-outcomes.ts';
import { RECONCILE_TIMER, reconcile, retryVolume } from './volumes/volume-manager.ts';
import { WHERE } from './where.ts';

export const STATUS_TIMER = 'status/sync';

/** status_manager.go syncPeriod. */
export const STATUS_PERIOD_MS = 10_000;

export const SYNC_TIMER = 'loop/sync';

/** kubelet.go syncLoop, the sync ticker. */
export const SYNC_PERIOD_MS = 1_000;

/** Syncs the pods that are due, and those that have been active for too long (kubelet.go getPodsToSync). */
function syncTick(draft: Draft): void {
  const { workers, statuses, nowMs } = draft.state;
  const due = busyWorkers(draft).filter((worker) => workerState(draft, worker).endsWith('.due'));
  const late = Object.values(workers).filter(
    ({ podUid, pod }) =>
      pod.spec.activeDeadlineSeconds !== undefined &&
      !draft.state.busyWorkers.includes(podUid) &&
      pastActiveDeadline(pod, statuses[podUid]?.status, nowMs),
  );
  logSyncTick(
    draft,
    due.map(({ pod }) => pod),
  );
  for (const { podUid } of due) {
    updatePod(draft, podUid, { stage: 'sync', why: 'sync.tick', where: WHERE.syncLoop });
  }
  for (const { podUid, pod } of late) {
    const values = { seconds: Number(pod.spec.activeDeadlineSeconds) };
    updatePod(draft, podUid, { stage: 'sync', why: 'sync.deadline', values, where: WHERE.activeDeadline });
  }
}

type TimerFired = Extract<KubeletEvent, { type: 'TimerFired' }>;

export function handleTimer(draft: Draft, { timerId, owner }: TimerFired): void {
  switch (timerId) {
    case RELIST_TIMER:
      beginRelist(draft);
      return;
    case CACHE_TIMER:
      cacheTicked(draft);
      return;
    case SYNC_TIMER:
      startTimer(draft, SYNC_TIMER, SYNC_PERIOD_MS);
      if (!isGateShut(draft)) syncTick(draft);
      return;
    case SHUTDOWN_TIMER:
      shutdownGroupTimedOut(draft);
      return;
    case FILE_TIMER:
      listManifests(draft);
      return;
    case HTTP_TIMER:
      fetchManifests(draft);
      return;
    case HOUSEKEEPING_TIMER:
      if (isGateShut(draft)) startTimer(draft, HOUSEKEEPING_TIMER, HOUSEKEEPING_PERIOD_MS);
      else housekeeping(draft);
      return;
    case RUNTIME_TIMER:
      askRuntime(draft);
      return;
    case GC_TIMER:
      collectGarbage(draft);
      return;
    case LOGS_TIMER:
      rotateLogs(draft);
      return;
    case IMAGE_GC_TIMER:
      collectImages(draft);
      return;
    case EVICTION_TIMER:
      evictionDue(draft);
      return;
    case RESIZE_RETRY_TIMER:
      resizesGoOn(draft);
      return;
    case CPU_RECONCILE_TIMER:
      reconcileCpus(draft, activePods(draft.state));
      return;
    case RECONCILE_TIMER:
      reconcile(draft);
      return;
    case STATUS_TIMER:
      syncStatuses(draft);
      startTimer(draft, STATUS_TIMER, STATUS_PERIOD_MS);
      return;
  }
  if (nodeTimer(draft, timerId) || leaseTimer(draft, timerId)) return;
  const pod = draft.state.workers[owner.podUid]?.pod;
  if (pod === undefined) return;
  if (isKillTimer(timerId)) killTimedOut(draft, pod);
  const delayed = delayedEvent(timerId);
  if (delayed !== undefined) machineTimer(draft, pod, delayed.key, delayed.event.type);
  else if (timerId === mountTimerOf(owner.podUid)) mountTimer(draft, pod);
  else if (timerId === pollTimerOf(owner.podUid)) pollTimer(draft, pod);
  else if (timerId.startsWith('probe/')) probeTurn(draft, pod, timerId.slice('probe/'.length));
}

function mountTimer(draft: Draft, pod: Pod): void {
  const { uid } = pod.metadata;
  const wait = waitOf(draft, uid)?.for;
  if (wait === 'unmounts') unmountTimedOut(draft, pod);
  if (wait !== 'volumes') return;
  mountTimedOut(draft, pod);
  resume(draft, uid);
}

function pollTimer(draft: Draft, pod: Pod): void {
  const { uid } = pod.metadata;
  if (waitOf(draft, uid)?.for === 'volumes' && pollVolumes(draft, pod)) resume(draft, uid);
}

/** How the end of each machine's delay is told. */
const SAID = {
  podWorker: { stage: 'sync', why: 'worker.resync', where: WHERE.completeWork },
  container: { stage: 'start', why: 'container.delayOver', where: WHERE.doBackOff },
  imagePull: { stage: 'pull', why: 'image.backOffOver', where: WHERE.ensureImageExists },
  volume: { stage: 'mount', why: 'volume.retry', where: WHERE.mountVolume },
} as const satisfies Partial<Record<MachineName, Say>>;

/** And those of a container's states that are no back-off. */
const SAID_OF_CONTAINER: Readonly<Record<string, Say>> = {
  'running.postStartSleep': { stage: 'hook', why: 'container.postStartSlept', where: WHERE.runHook },
  'terminating.preStop': { stage: 'hook', why: 'container.preStopOver', where: WHERE.preStop },
  'terminating.awaitingTurn': { stage: 'kill', why: 'container.turnOver', where: WHERE.waitForTurn },
};

/** What the last part of a machine's key is called in the messages. */
function namedAs(machine: keyof typeof SAID): 'volume' | 'container' {
  return machine === 'volume' ? 'volume' : 'container';
}

function machineTimer(draft: Draft, pod: Pod, key: string, type: string): void {
  const machine = draft.state.machines[pod.metadata.uid]?.[key]?.machine;
  if (machine === undefined || !(machine in SAID)) return;
  const timed = machine as keyof typeof SAID;
  const name = key.split('/').slice(2).join('/') || undefined;
  const ref = refOf(timed, pod, name === undefined ? undefined : { name });
  const told = (timed === 'container' ? SAID_OF_CONTAINER[stateOf(draft, ref)] : undefined) ?? SAID[timed];
  const say: Say = name === undefined ? told : { ...told, values: { [namedAs(timed)]: name } };
  // XState's delayed events are not among the machine's own, but its state accepts them.
  if (moveIf(draft, ref, { type } as unknown as EventOf<typeof timed>, say) === undefined) return;
  switch (timed) {
    // The worker's own requeue comes at the same time, by way of the work queue.
    case 'podWorker':
    case 'imagePull':
      return;
    case 'volume':
      retryVolume(draft, pod, name ?? '');
      volumesGoOn(draft, pod);
      return;
    case 'container':
      containerTimer(draft, pod, name ?? '');
      return;
  }
}

function containerTimer(draft: Draft, pod: Pod, name: string): void {
  const { uid } = pod.metadata;
  switch (stateOf(draft, refOf('container', pod, { name }))) {
    case 'running.postStartSlept':
      postStartOver(draft, pod, name, undefined);
      return;
    case 'terminating.preStopOver':
    case 'terminating.stopDue':
      takeTurn(draft, pod, name);
      resumeAfterKills(draft, uid);
      return;
  }
}
