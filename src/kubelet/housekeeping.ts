/**
 * Housekeeping, every two seconds: pods that no source wants are ended, also those that only the runtime
 * knows, pods that are wanted again are started, and what is left of pods that are gone is forgotten.
 * Follows pkg/kubelet/kubelet_pods.go HandlePodCleanups.
 */

import type { EventOf } from '../machines/run-machine.ts';
import { sourcesReady } from './config-sources/config-sources.ts';
import { cleanupPodDirectories } from './container-gc/pod-directories.ts';
import { type Draft, emit, moveIf, nodeOwner, note, referenceOf, refOf, type Say, update } from './draft.ts';
import { forgetPod } from './forget-pod.ts';
import { logInfo } from './log/log.ts';
import { startTimer } from './loop-timer.ts';
import { isCacheNewer } from './pleg/pleg.ts';
import { podAdded } from './pod-handlers.ts';
import { staticPodOfMirror } from './pod-manager/mirror-pods.ts';
import { podFullName } from './pod-manager/pod-kinds.ts';
import { POD_MANAGER_WHERE } from './pod-manager/where.ts';
import { isMirroredPodTerminating, type RunningPod } from './pod-worker/pod-workers.ts';
import { syncKnownPods } from './pod-worker/sync-known-pods.ts';
import { sendUpdate } from './pod-worker/worker.ts';
import { proceed } from './pod-worker/worker-run.ts';
import { busyWorkers, statusOf, workerState } from './pod-worker/worker-slice.ts';
import type { RuntimePod } from './runtime-pod.ts';
import { isTerminalPhase } from './status/merge.ts';
import { reconstructVolumes } from './volumes/reconstruction.ts';
import { WHERE } from './where.ts';

export const HOUSEKEEPING_TIMER = 'loop/housekeeping';

/** kubelet.go housekeepingPeriod. */
export const HOUSEKEEPING_PERIOD_MS = 2_000;

/** kubelet.go runtimeCacheRefreshPeriod: an older view of what runs is not acted on. */
export const RUNTIME_CACHE_REFRESH_MS = 3_000;

const where = WHERE.handlePodCleanups;

/** One round; the steps follow one another as in HandlePodCleanups. */
export function housekeeping(draft: Draft): void {
  startTimer(draft, HOUSEKEEPING_TIMER, HOUSEKEEPING_PERIOD_MS);
  logInfo(draft, 4, 'kubelet.go', 'SyncLoop (housekeeping)');
  if (!sourcesReady(draft.state)) {
    logInfo(draft, 4, 'kubelet.go', "SyncLoop (housekeeping, skipped): sources aren't ready yet");
    return;
  }
  restartWanted(draft, syncWorkers(draft));
  removeOrphanedMirrors(draft);
  killOrphans(draft);
  forgetGone(draft);
  reconstructVolumes(draft);
  cleanupPodDirectories(draft);
}

/** SyncKnownPods, and what it asks of the workers; returns the UIDs that it has forgotten. */
function syncWorkers(draft: Draft): readonly string[] {
  const { podWorkers, pods, nowMs } = draft.state;
  const desired = { has: (podUid: string) => pods[podUid] !== undefined };
  const synced = syncKnownPods(podWorkers, desired, nowMs);
  update(draft, { podWorkers: synced.workers });
  const tell = (podUid: string, event: EventOf<'podWorker'>) => {
    const pod = draft.state.workers[podUid]?.pod;
    if (pod === undefined) return;
    moveIf(draft, refOf('podWorker', pod), event, { stage: 'kill', why: 'housekeeping.orphan', where });
    proceed(draft, podUid);
  };
  for (const podUid of synced.terminated) tell(podUid, { type: 'TerminatePod' });
  for (const podUid of synced.requeued) tell(podUid, { type: 'UpdatePod' });
  return synced.removed;
}

/** Pods whose workers are done and that are wanted: their UID was used again while the first one ended. */
function restartWanted(draft: Draft, removed: readonly string[]): void {
  for (const podUid of removed) {
    const pod = draft.state.pods[podUid];
    if (pod === undefined || isTerminalPhase(pod.status?.phase)) continue;
    const say: Say = { stage: 'sync', why: 'housekeeping.restart', where };
    note(draft, 'podWorker', referenceOf(pod), 'RestartPod', 'terminated.finished', say);
    podAdded(draft, pod);
  }
}

/** Pods that run although no worker knows them: left over from a kubelet before this one. */
function killOrphans(draft: Draft): void {
  const { pleg, nowMs } = draft.state;
  // The real kubelet would ask the runtime once more; PLEG is asking all the time, and has no answer.
  if (nowMs - pleg.cacheTimeMs > RUNTIME_CACHE_REFRESH_MS) return;
  for (const runtimePod of Object.values(draft.state.pleg.cache)) {
    const { podUid } = runtimePod;
    if (statusOf(draft, podUid) !== undefined) continue;
    const runningPod = runningPodOf(runtimePod);
    if (runningPod === undefined) continue;
    // What was seen of a pod before its worker was done with it says nothing of it now.
    const { lastSyncMs = -1 } = draft.state.workers[podUid] ?? {};
    if (!isCacheNewer(draft.state, podUid, lastSyncMs)) continue;
    const say: Say = { stage: 'kill', why: 'housekeeping.runtimeOrphan', where };
    sendUpdate(draft, { type: 'kill', runningPod, kill: { graceOverrideSeconds: 1 } }, say);
  }
}

/** The pod as the runtime names it; undefined when nothing of it runs (kuberuntime_manager.go GetPods). */
function runningPodOf({ podUid, sandboxes, containers }: RuntimePod): RunningPod | undefined {
  const runs =
    containers.some(({ state }) => state === 'CONTAINER_RUNNING') ||
    sandboxes.some(({ state }) => state === 'SANDBOX_READY');
  const [sandbox] = sandboxes;
  if (!runs || sandbox === undefined) return undefined;
  const { name, namespace } = sandbox.metadata;
  return { uid: podUid, name, namespace };
}

/** Mirrors whose static pods are gone, once those have ended. */
function removeOrphanedMirrors(draft: Draft): void {
  for (const mirror of Object.values(draft.state.mirrorPods)) {
    const fullname = podFullName(mirror.metadata);
    if (staticPodOfMirror(draft.state, mirror) !== undefined) continue;
    if (isMirroredPodTerminating(draft.state.podWorkers, fullname)) continue;
    const { namespace, name } = mirror.metadata;
    const say: Say = { stage: 'gc', why: 'mirror.orphan', where: POD_MANAGER_WHERE.deleteMirrorPod };
    note(draft, 'housekeeping', referenceOf(mirror), 'DeleteMirrorPod', fullname, say, ['deleteObject']);
    logInfo(draft, 3, 'kubelet_pods.go', 'Deleted mirror pod', { podName: fullname });
    emit(draft, nodeOwner(draft.state, HOUSEKEEPING_TIMER), {
      type: 'deleteObject',
      kind: 'Pod',
      namespace,
      name,
      gracePeriodSeconds: 0,
    });
  }
}

/** A pod is remembered until the runtime has no record of it either. */
function forgetGone(draft: Draft): void {
  // A worker that is done is none that is idle.
  for (const worker of busyWorkers(draft)) {
    const { podUid, pod } = worker;
    if (draft.state.pods[podUid] !== undefined || draft.state.pleg.cache[podUid] !== undefined) continue;
    const at = workerState(draft, worker);
    if (statusOf(draft, podUid) !== undefined || at !== 'terminated.finished') continue;
    const say: Say = { stage: 'gc', why: 'housekeeping.forgotten', where };
    note(draft, 'podWorker', referenceOf(pod), 'PodForgotten', at, say);
    forgetPod(draft, podUid);
  }
}
