/**
 * The tasks of a sync: one switch says what each does. A task that needs the world asks for it and waits;
 * the planner decides, only machines emit runtime effects.
 * Follows Kubelet.SyncPod, SyncTerminatingPod, SyncTerminatedPod (pkg/kubelet/kubelet.go).
 */
import type { Pod } from '../../api/types.ts';
import { unreachable } from '../../lib/assert.ts';
import { resizeSeen } from '../allocation/allocation-manager.ts';
import { type Draft, emit, move, moveIf, note, referenceOf, refOf, stateOf } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import * as texts from '../events/texts.ts';
import { tellMissingPullSecrets } from '../images/pull-secrets.ts';
import { kObj, logError } from '../log/log.ts';
import { removeContainerLog } from '../logs/container-logs.ts';
import { podLogDirectory } from '../paths.ts';
import {
  addProbes,
  probeReadinessNow,
  removeProbes,
  stopLivenessAndStartup,
} from '../prober/prober-manager.ts';
import { without } from '../state.ts';
import { isTerminalPhase } from '../status/merge.ts';
import { generateStatus } from '../status/status-manager.ts';
import { podGracePeriod } from '../termination/grace.ts';
import {
  allMounted,
  processPodVolumes,
  stillMounted,
  unmountVolumes,
  waitStateOf,
} from '../volumes/volume-manager.ts';
import {
  DEADLINE_EXCEEDED,
  MOUNT_POLL_MS,
  MOUNT_TIMEOUT_MS,
  unmountFailure,
  waitFailure,
} from '../volumes/wait.ts';
import { WHERE_VOLUMES } from '../volumes/where.ts';
import { WHERE } from '../where.ts';
import { pullImageVolumes } from './image-volumes.ts';
import { killContainers, killTargetsOf, toKillTarget } from './kill.ts';
import { reconcileMirrorPod } from './mirror-task.ts';
import { planTasks } from './plan-tasks.ts';
import { isResizeInProgress, performResize } from './resize.ts';
import { createSandbox } from './sandbox.ts';
import { startStep } from './start-container.ts';
import {
  addError,
  doNext,
  dropTasks,
  setSync,
  setWorker,
  statusOf,
  waitFor,
  workerOf,
} from './worker-slice.ts';
import type { Task } from './worker-state.ts';

/** The timer that ends the wait for volumes. */
export const mountTimerOf = (podUid: string) => `worker/${podUid}/volumes`;

/** The timer of the wait's next look. */
export const pollTimerOf = (podUid: string) => `worker/${podUid}/volumes/poll`;

/** Either the task is done when this returns, or the worker waits for what it asked for. */
export function performTask(draft: Draft, podUid: string, task: Task): void {
  const { pod } = workerOf(draft, podUid);
  switch (task.type) {
    case 'generateStatus':
      syncStatus(draft, pod);
      return;
    case 'reconcileMirrorPod':
      reconcileMirrorPod(draft, pod);
      return;
    case 'makePodDirectories':
      makePodDirectories(draft, pod);
      return;
    case 'waitForVolumes':
      waitForVolumes(draft, pod);
      return;
    case 'computePodActions':
      tellMissingPullSecrets(draft, pod);
      doNext(draft, podUid, planTasks(draft, pod));
      return;
    case 'killContainer':
      killContainers(draft, pod, [toKillTarget(task.container)]);
      return;
    case 'killPod':
      killPod(draft, pod);
      return;
    case 'stopPodSandbox':
      stopPodSandbox(draft, pod, task.sandboxId);
      return;
    case 'removeContainer':
      removeContainer(draft, pod, task);
      return;
    case 'pullImageVolumes':
      pullImageVolumes(draft, pod, task.volumes);
      return;
    case 'createSandbox':
      createSandbox(draft, pod, task.attempt);
      return;
    case 'startContainer':
      startStep(draft, pod, task);
      return;
    case 'checkMemory':
    case 'resizePod':
    case 'resizeContainer':
      performResize(draft, pod, task);
      return;
    case 'readPodStatus':
      readPodStatus(draft, pod);
      return;
    case 'unmountVolumes':
      unmountAll(draft, pod);
      return;
    case 'removeProbes':
      removeProbes(draft, pod);
      return;
    default:
      unreachable(task);
  }
}

/** The container's record goes, and its log with it unless it is to stay. */
function removeContainer(draft: Draft, pod: Pod, task: Extract<Task, { type: 'removeContainer' }>): void {
  const { containerId, name, keepsLog } = task;
  const { uid } = pod.metadata;
  const { runtimePod, logs } = workerOf(draft, uid);
  const ref = refOf('container', pod, { name });
  const status = runtimePod.containers.find(({ id }) => id === containerId);
  if (!keepsLog) {
    setWorker(draft, uid, { logs: without(logs, name) });
    if (status !== undefined) removeContainerLog(draft, ref, status);
  }
  const values = { container: name };
  const say = { stage: 'gc', why: 'container.removed', values, where: WHERE.removeContainer } as const;
  const [effectId] = move(draft, ref, { type: 'RemoveContainer', containerId }, say);
  if (effectId !== undefined) waitFor(draft, uid, { for: 'effect', effectId });
}

/** Asks the runtime itself, past PLEG. */
function readPodStatus(draft: Draft, pod: Pod): void {
  const effectId = emit(draft, refOf('podWorker', pod), { type: 'relist' });
  waitFor(draft, pod.metadata.uid, { for: 'effect', effectId });
}

/** The status first: what is known now is told before anything is done about it. */
function syncStatus(draft: Draft, pod: Pod): void {
  const { uid } = pod.metadata;
  resizeSeen(draft, pod, isResizeInProgress(draft, pod));
  probeReadinessNow(draft, pod, generateStatus(draft, pod));
  const worker = refOf('podWorker', pod);
  if (!stateOf(draft, worker).startsWith('syncing')) return;
  const phase = draft.state.statuses[uid]?.status.phase;
  const generated = stateOf(draft, refOf('pod', pod));
  if (isTerminalPhase(phase) || generated.startsWith('Succeeded') || generated.startsWith('Failed')) {
    setSync(draft, uid, { terminal: true });
    dropTasks(draft, uid);
    return;
  }
  refuseWithoutNetwork(draft, pod);
}

/** While the runtime's network is not ready only pods of the host's network are started. */
function refuseWithoutNetwork(draft: Draft, pod: Pod): void {
  const { networkError } = draft.state.runtime;
  if (networkError === undefined || pod.spec.hostNetwork) return;
  const { uid } = pod.metadata;
  recordEvent(draft, pod, texts.networkNotReady(networkError));
  const say = {
    stage: 'sync',
    why: 'sync.networkNotReady',
    values: { message: networkError },
    where: WHERE.syncPod,
  } as const;
  note(draft, 'podWorker', referenceOf(pod), 'NetworkNotReady', 'syncing.working', say);
  const message = `network is not ready: ${networkError}`;
  addError(draft, uid, { kind: 'networkNotReady', reason: 'NetworkNotReady', message });
  dropTasks(draft, uid);
}

function makePodDirectories(draft: Draft, pod: Pod): void {
  const { uid } = pod.metadata;
  if (workerOf(draft, uid).directoriesMade) return;
  const ref = refOf('podWorker', pod);
  const effectId = emit(draft, ref, {
    type: 'makePodDirectories',
    podUid: uid,
    logDirectory: podLogDirectory(pod, draft.state.config),
  });
  const say = { stage: 'sync', why: 'worker.directories', where: WHERE.makePodDirectories } as const;
  note(draft, 'podWorker', referenceOf(pod), 'MakePodDirectories', 'syncing.working', say, [
    'makePodDirectories',
  ]);
  waitFor(draft, uid, { for: 'effect', effectId });
}

/** Volumes come before sandbox and images: without them nothing of the pod starts. */
function waitForVolumes(draft: Draft, pod: Pod): void {
  const errors = processPodVolumes(draft, pod);
  if (allMounted(draft, pod)) {
    volumesMounted(draft, pod);
    return;
  }
  startTimer(draft, pod, mountTimerOf(pod.metadata.uid), MOUNT_TIMEOUT_MS);
  // Mounts are waited for; of what cannot even be wanted the wait hears when it looks next.
  if (errors.length > 0) startTimer(draft, pod, pollTimerOf(pod.metadata.uid), MOUNT_POLL_MS);
  waitFor(draft, pod.metadata.uid, { for: 'volumes' });
}

function startTimer(draft: Draft, pod: Pod, timerId: string, delayMs: number): void {
  emit(draft, refOf('podWorker', pod), { type: 'startTimer', timerId, delayMs });
}

function unmountAll(draft: Draft, pod: Pod): void {
  if (unmountVolumes(draft, pod)) return;
  startTimer(draft, pod, mountTimerOf(pod.metadata.uid), MOUNT_TIMEOUT_MS);
  waitFor(draft, pod.metadata.uid, { for: 'unmounts' });
}

/** Every volume is there: the pod goes on to its sandbox. */
export function volumesMounted(draft: Draft, pod: Pod): void {
  const say = { stage: 'mount', why: 'pod.volumesMounted', where: WHERE.waitForMount } as const;
  moveIf(draft, refOf('pod', pod), { type: 'VolumesMounted' }, say);
  addProbes(draft, pod);
}

/** The wait for volumes took too long: the sync fails and is tried again (no event of its own). */
export function mountTimedOut(draft: Draft, pod: Pod): void {
  waitFailed(draft, pod, DEADLINE_EXCEEDED);
}

/** The wait looks: true when it is over, because volumes cannot be wanted. */
export function pollVolumes(draft: Draft, pod: Pod): boolean {
  const errors = processPodVolumes(draft, pod);
  if (errors.length > 0) waitFailed(draft, pod, errors.join('; '));
  return errors.length > 0;
}

/** The sync ends here: without its volumes the pod cannot go on. */
function waitFailed(draft: Draft, pod: Pod, cause: string): void {
  const failure = waitFailure(waitStateOf(draft, pod), cause);
  if (failure === undefined) return;
  const { error: message, event } = failure;
  if (event !== undefined) {
    recordEvent(draft, pod, event);
    const keys = { pod: kObj(pod) };
    logError(draft, 'kubelet.go', message, 'Unable to attach or mount volumes for pod; skipping pod', keys);
  }
  addError(draft, pod.metadata.uid, { kind: 'generic', reason: 'FailedMount', message });
  dropTasks(draft, pod.metadata.uid);
}

/** The pod is over, but something of it is still mounted: that is told, and waited for further. */
export function unmountTimedOut(draft: Draft, pod: Pod): void {
  const message = unmountFailure(stillMounted(draft, pod));
  if (message === undefined) return;
  const where = WHERE_VOLUMES.waitForUnmount;
  const say = { stage: 'kill', why: 'volume.unmountSlow', values: { message }, where } as const;
  note(draft, 'podWorker', referenceOf(pod), 'WaitForUnmount', 'terminated.working', say);
  startTimer(draft, pod, mountTimerOf(pod.metadata.uid), MOUNT_TIMEOUT_MS);
}

/** Kills what runs; then each ready sandbox is stopped. */
function killPod(draft: Draft, pod: Pod): void {
  const { uid } = pod.metadata;
  const ending = stateOf(draft, refOf('podWorker', pod)) === 'terminating.working';
  if (ending) {
    const say = { stage: 'kill', why: 'pod.terminating', where: WHERE.syncTerminatingPod } as const;
    moveIf(draft, refOf('pod', pod), { type: 'PodTerminating' }, say);
    stopLivenessAndStartup(draft, pod);
  }
  const { runtimePod } = workerOf(draft, uid);
  const sandboxes = runtimePod.sandboxes.filter(({ state }) => state === 'SANDBOX_READY');
  doNext(
    draft,
    uid,
    sandboxes.map(({ id }) => ({ type: 'stopPodSandbox', sandboxId: id })),
  );
  killContainers(draft, pod, killTargetsOf(draft, pod), ending ? endGraceSeconds(draft, pod) : undefined);
}

/** What was settled when the pod's end was asked for; a pod that ended by itself has its spec's. */
function endGraceSeconds(draft: Draft, pod: Pod): number {
  const { graceSeconds = 0 } = statusOf(draft, pod.metadata.uid) ?? {};
  if (graceSeconds > 0) return graceSeconds;
  const specSeconds = pod.spec.terminationGracePeriodSeconds;
  const deletionSeconds = pod.metadata.deletionGracePeriodSeconds;
  const asked = { currentSeconds: 0, specSeconds, deletionSeconds, overrideSeconds: undefined };
  return podGracePeriod(asked).gracePeriodSeconds;
}

function stopPodSandbox(draft: Draft, pod: Pod, sandboxId: string): void {
  const say = { stage: 'kill', why: 'sandbox.stop', where: WHERE.killPod } as const;
  const ids = moveIf(draft, refOf('sandbox', pod), { type: 'StopPodSandbox', sandboxId }, say);
  if (ids?.[0] !== undefined) waitFor(draft, pod.metadata.uid, { for: 'effect', effectId: ids[0] });
}

/** What came of making directories. */
export function directoriesReturned(draft: Draft, pod: Pod, failure: string | undefined): void {
  const { uid } = pod.metadata;
  if (failure === undefined) {
    setWorker(draft, uid, { directoriesMade: true });
    return;
  }
  recordEvent(draft, pod, texts.failedPodDirectories(failure));
  addError(draft, uid, { kind: 'generic', reason: 'Failed', message: failure });
  dropTasks(draft, uid);
}
