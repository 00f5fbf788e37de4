/**
 * The pod workers: they decide when a pod is synced, terminated and done with. One sync at a time for each
 * pod; what comes meanwhile is merged into the next. Follows pkg/kubelet/pod_workers.go UpdatePod.
 */
import type { Pod } from '../../api/types.ts';
import { promisedPod } from '../allocation/allocation-manager.ts';
import {
  type Draft,
  forgetMachine,
  moveIf,
  note,
  referenceOf,
  refOf,
  type Say,
  stateOf,
  update,
} from '../draft.ts';
import { emptyRuntimePod } from '../runtime-pod.ts';
import { WHERE } from '../where.ts';
import { shortenKills } from './kill.ts';
import type { KillPodOptions, PodSyncStatus, UpdatePodOptions } from './pod-workers.ts';
import { runtimeOnlyPod } from './runtime-only-pod.ts';
import { applyUpdate } from './update-pod.ts';
import { cancelSync, proceed } from './worker-run.ts';
import { statusOf, workerOf } from './worker-slice.ts';

/** A worker for a pod that has none yet, or that begins anew under the same UID. */
function startWorker(draft: Draft, pod: Pod): void {
  const { uid } = pod.metadata;
  const worker = {
    podUid: uid,
    key: refOf('podWorker', pod).key,
    pod,
    lastSyncMs: -1,
    runtimePod: emptyRuntimePod(uid),
    kills: {},
    logs: logsTold(pod),
    directoriesMade: false,
  };
  update(draft, { workers: { ...draft.state.workers, [uid]: worker } });
  forgetMachine(draft, refOf('podWorker', pod));
}

/** Nothing of the pod runs, as PLEG's cache has it; of a pod that is not there nothing runs either. */
function isRuntimeDone({ state }: Draft, podUid: string): boolean {
  const { containers = [], sandboxes = [] } = state.pleg.cache[podUid] ?? {};
  const runs = containers.some((container) => container.state === 'CONTAINER_RUNNING');
  return !runs && !sandboxes.some((sandbox) => sandbox.state === 'SANDBOX_READY');
}

/** A worker sees its pod with what it was promised, never with what a resize still waits for. */
function asPromised({ state }: Draft, options: UpdatePodOptions): UpdatePodOptions {
  return options.pod === undefined ? options : { ...options, pod: promisedPod(state, options.pod) };
}

/**
 * Brings an update to the pod's worker, which begins with it if there is none: the pod is set up, or torn
 * down when it was deleted, has ended or is killed.
 */
export function sendUpdate(draft: Draft, wanted: UpdatePodOptions, say: Say): void {
  const options = asPromised(draft, wanted);
  const podUid = options.pod?.metadata.uid ?? options.runningPod?.uid ?? '';
  const known = statusOf(draft, podUid);
  const applied = applyUpdate(
    draft.state.podWorkers,
    options,
    draft.state.nowMs,
    isRuntimeDone(draft, podUid),
  );
  update(draft, { podWorkers: applied.workers });
  if (!applied.accepted) {
    tellIgnored(draft, podUid, known, say);
    return;
  }
  const status = statusOf(draft, podUid);
  const pod = status?.pending?.pod ?? runtimeOnlyPod(draft.state.pleg.cache[podUid], options.runningPod);
  if (known === undefined) startWorker(draft, pod);
  const ref = refOf('podWorker', pod);
  if (applied.becameTerminating) {
    const ended = status?.terminatedAtMs !== undefined;
    if (ended) moveIf(draft, ref, { type: 'SeenTerminated' }, say);
    else moveIf(draft, ref, { type: 'TerminatePod' }, say);
    if (stateOf(draft, ref) === 'syncing.cancelling') cancelSync(draft, podUid);
  } else if (status?.terminatedAtMs !== undefined) {
    moveIf(draft, ref, { type: 'SeenTerminated' }, say);
  } else {
    moveIf(draft, ref, { type: 'UpdatePod' }, say);
  }
  if (applied.graceShortened) shortenKills(draft, pod, status?.graceSeconds ?? 0);
  proceed(draft, podUid);
}

/** A pod that ends is wanted again: it will be started once it has ended. */
function tellIgnored(draft: Draft, podUid: string, known: PodSyncStatus | undefined, say: Say): void {
  const pod = draft.state.workers[podUid]?.pod;
  if (pod === undefined || known?.restartRequested !== false) return;
  if (statusOf(draft, podUid)?.restartRequested !== true) return;
  const at = stateOf(draft, refOf('podWorker', pod));
  const { stage } = say;
  note(draft, 'podWorker', referenceOf(pod), 'RestartRequested', at, {
    stage,
    why: 'worker.restartRequested',
    where: WHERE.updatePod,
  });
}

/** A pod that ran before this kubelet did: its status tells the number of each container's last run. */
function logsTold({ status }: Pod): Record<string, number> {
  const { initContainerStatuses = [], containerStatuses = [] } = status ?? {};
  const ran = [...initContainerStatuses, ...containerStatuses].filter(
    ({ containerID, lastState }) => (containerID ?? '') !== '' || lastState?.terminated !== undefined,
  );
  return Object.fromEntries(ran.map(({ name, restartCount }) => [name, restartCount]));
}

/**
 * Tells the worker that something is new: an update of the pod, or of what is seen of it. Of a pod that only
 * the runtime knows there is nothing to tell: it just ends.
 */
export function updatePod(draft: Draft, podUid: string, say: Say): void {
  const { active, pending } = statusOf(draft, podUid) ?? {};
  const pod = draft.state.pods[podUid] ?? pending?.pod ?? active?.pod;
  if (pod === undefined || (active ?? pending) === undefined) return;
  sendUpdate(draft, { type: 'sync', pod }, say);
}

/**
 * Ends the pod: deleted, or gone from its source. Its grace period only ever goes down.
 * @param graceOverrideSeconds when who ends the pod names its own grace period.
 */
export function terminatePod(draft: Draft, podUid: string, say: Say, kill: KillPodOptions): void {
  const pod = draft.state.pods[podUid] ?? workerOf(draft, podUid).pod;
  sendUpdate(draft, { type: 'kill', pod, kill }, say);
}
