/**
 * Starting one container, step by step: back-off, image, create, start, postStart. A step that fails ends
 * this container's start; a plain init container's failure ends the sync.
 * Follows kuberuntime_manager.go SyncPod (start) and kuberuntime_container.go startContainer.
 */
import type { ContainerStatus } from '../../api/cri.ts';
import type { Container, Pod } from '../../api/types.ts';
import { doBackOff } from '../backoff/crash-loop.ts';
import { type Draft, move, moveIf, refOf, type Say, snapshotOf, update } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import * as texts from '../events/texts.ts';
import { ensureImage } from '../images/image-manager.ts';
import { containerImage } from '../images/image-user.ts';
import { linkContainerLog } from '../logs/container-logs.ts';
import { isSidecar } from '../pod-actions/restart-policy.ts';
import { containerOf } from '../pod-spec.ts';
import { nextRestartCount } from '../restart-count.ts';
import { type ConfigInput, containerConfigOf } from '../runtime-config/container-config.ts';
import { sandboxConfigOf } from '../runtime-config/sandbox-config.ts';
import { without } from '../state.ts';
import type { StartError } from '../status/start-error.ts';
import { mountedVolume } from '../volumes/volume-manager.ts';
import { WHERE } from '../where.ts';
import { envLookupOf, forgetEnvFiles, readEnvFiles } from './env-files.ts';
import { imageVolumeFailure, imageVolumeRefs } from './image-volumes.ts';
import { limitsOf } from './limits.ts';
import { runPostStart } from './post-start.ts';
import { addError, doNext, dropTasks, setWorker, syncOf, waitFor, workerOf } from './worker-slice.ts';
import type { StartStep, SyncError, Task } from './worker-state.ts';

export type StartTask = Extract<Task, { type: 'startContainer' }>;

export function startStep(draft: Draft, pod: Pod, task: StartTask): void {
  const container = containerOf(pod, task.kind, task.name);
  switch (task.step) {
    case 'backOff':
      checkBackOff(draft, pod, task, container);
      return;
    case 'image':
      startImage(draft, pod, task, container);
      return;
    case 'environment':
      goOn(draft, pod, task, readEnvFiles(draft, pod, container) ? 'environment' : 'create');
      return;
    case 'create':
      createContainer(draft, pod, task, container);
      return;
    case 'start':
      startCreated(draft, pod, task);
      return;
    case 'postStart':
      if (container.lifecycle?.postStart !== undefined) runPostStart(draft, pod, container);
      return;
  }
}

function goOn(draft: Draft, pod: Pod, task: StartTask, step: StartStep): void {
  doNext(draft, pod.metadata.uid, [{ ...task, step }]);
}

function checkBackOff(draft: Draft, pod: Pod, task: StartTask, container: Container): void {
  const { nowMs, crashBackoff: backoff } = draft.state;
  const { runtimePod } = workerOf(draft, pod.metadata.uid);
  const decision = doBackOff({ pod, container, runtimePod, backoff, nowMs });
  if (!decision.inBackOff) {
    update(draft, { crashBackoff: decision.backoff });
    goOn(draft, pod, task, 'image');
    return;
  }
  const { error, event, retryAtMs } = decision;
  moveIf(
    draft,
    refOf('container', pod, { name: task.name }),
    { type: 'BackOff', backOffMs: retryAtMs - nowMs },
    {
      stage: 'start',
      why: 'container.backOff',
      values: { container: task.name, seconds: (retryAtMs - nowMs) / 1_000 },
      where: WHERE.doBackOff,
    },
  );
  recordEvent(draft, pod, event, task.name);
  giveUp(draft, pod, task, error, { kind: 'backoff', untilMs: retryAtMs, ...error });
}

/** The start ends here: the reason is kept for the status, the sync has an error. */
function giveUp(draft: Draft, pod: Pod, task: StartTask, error: StartError, syncError: SyncError): void {
  const { uid } = pod.metadata;
  const errors = { ...draft.state.startErrors[uid], [task.name]: error };
  update(draft, { startErrors: { ...draft.state.startErrors, [uid]: errors } });
  addError(draft, uid, { ...syncError, action: 'StartContainer', target: task.name });
  if (task.kind === 'init' && !isSidecar(containerOf(pod, 'init', task.name))) dropTasks(draft, uid);
}

/** A start that failed: told to the machine, kept for the status. `untilMs` when a back-off was the cause. */
function startFailed(draft: Draft, pod: Pod, task: StartTask, error: StartError, untilMs?: number): void {
  const { reason, message } = error;
  moveIf(
    draft,
    refOf('container', pod, { name: task.name }),
    { type: 'StartFailed', reason },
    {
      stage: stageOf(task.step),
      why: 'container.startFailed',
      values: { container: task.name, reason, message },
      where: task.step === 'image' ? WHERE.ensureImageExists : WHERE.startContainer,
    },
  );
  const syncError: SyncError =
    untilMs === undefined ? { kind: 'generic', ...error } : { kind: 'backoff', untilMs, ...error };
  giveUp(draft, pod, task, error, syncError);
}

function stageOf(step: StartStep): Say['stage'] {
  const stages = {
    backOff: 'start',
    image: 'pull',
    environment: 'create',
    create: 'create',
    start: 'start',
    postStart: 'hook',
  } as const;
  return stages[step];
}

function startImage(draft: Draft, pod: Pod, task: StartTask, container: Container): void {
  const ref = refOf('container', pod, { name: task.name });
  moveIf(
    draft,
    ref,
    { type: 'PodInitialized' },
    {
      stage: 'create',
      why: 'container.itsTurn',
      values: { container: task.name },
      where: WHERE.runtimeSyncPod,
    },
  );
  // A volume's image comes first, so that its own reason is told (ErrImagePull, ImagePullBackOff).
  const refused = imageVolumeFailure(draft, pod, container);
  imageDecided(draft, pod, task, refused ?? ensureImage(draft, containerImage(pod, container)));
}

/** What the image manager said: go on, fail, or wait for it. */
export function imageDecided(
  draft: Draft,
  pod: Pod,
  task: StartTask,
  decided: ReturnType<typeof ensureImage>,
): void {
  switch (decided.type) {
    case 'present':
      goOn(draft, pod, task, 'environment');
      return;
    case 'failed':
      recordEvent(draft, pod, texts.failed(decided.error.reason), task.name);
      startFailed(draft, pod, task, decided.error, decided.retryAtMs);
      return;
    case 'waits':
      waitFor(draft, pod.metadata.uid, { for: 'image', name: task.name });
  }
}

/** The addresses that a container may ask for in its environment. */
function factsOf({ state }: Draft, { spec }: Pod, sandboxIP: string): ConfigInput['facts'] {
  const hostIPs = [state.node.hostIP];
  const own = sandboxIP === '' ? [] : [sandboxIP];
  return { podIPs: spec.hostNetwork === true ? hostIPs : own, hostIPs };
}

function createContainer(draft: Draft, pod: Pod, task: StartTask, container: Container): void {
  const { uid } = pod.metadata;
  const { runtimePod, logs } = workerOf(draft, uid);
  const sandbox = syncOf(draft, uid).sandbox ?? runtimePod.sandboxes[0];
  if (sandbox === undefined) {
    startFailed(draft, pod, task, { reason: 'CreateContainerError', message: 'the pod has no sandbox' });
    return;
  }
  const log = logs[task.name];
  const attempt = nextRestartCount(runtimePod, task.name, log === undefined ? [] : [`${log}.log`]);
  const image = snapshotOf(draft, refOf('imagePull', pod, container)).context;
  const input: ConfigInput = {
    pod,
    container,
    attempt,
    facts: factsOf(draft, pod, sandbox.ip),
    node: draft.state.node,
    imageRef: image.imageRef,
    imageUser: image.imageUser,
    runtimePod,
    resources: limitsOf(draft, pod, container),
    lookup: envLookupOf(draft, pod),
    volume: (name) => mountedVolume(draft, pod, name),
    imageVolumes: imageVolumeRefs(draft, pod),
  };
  const made = containerConfigOf(input);
  forgetEnvFiles(draft, uid);
  if ('error' in made) {
    recordEvent(draft, pod, texts.failed(made.error), task.name);
    startFailed(draft, pod, task, { reason: 'CreateContainerConfigError', message: made.error });
    return;
  }
  const sandboxConfig = sandboxConfigOf(pod, sandbox.metadata.attempt, draft.state.config);
  if ('error' in sandboxConfig) {
    startFailed(draft, pod, task, { reason: 'CreateContainerConfigError', message: sandboxConfig.error });
    return;
  }
  for (const event of made.events) recordEvent(draft, pod, event, task.name);
  const [effectId] = move(
    draft,
    refOf('container', pod, { name: task.name }),
    {
      type: 'CreateContainer',
      sandboxId: sandbox.id,
      config: made.config,
      sandboxConfig: sandboxConfig.config,
    },
    {
      stage: 'create',
      why: 'container.create',
      values: { container: task.name, attempt },
      where: WHERE.startContainer,
    },
  );
  if (effectId !== undefined) waitFor(draft, uid, { for: 'effect', effectId });
}

/** The created container was read back. */
export function containerCreated(draft: Draft, pod: Pod, task: StartTask, status: ContainerStatus): void {
  moveIf(
    draft,
    refOf('container', pod, { name: task.name }),
    { type: 'ContainerCreated', containerId: status.id },
    {
      stage: 'create',
      why: 'container.created',
      values: { container: task.name },
      where: WHERE.startContainer,
    },
  );
  const { uid } = pod.metadata;
  const logs = { ...workerOf(draft, uid).logs, [task.name]: status.metadata.attempt };
  setWorker(draft, uid, { logs });
  recordEvent(draft, pod, texts.created(), task.name);
  goOn(draft, pod, task, 'start');
}

function startCreated(draft: Draft, pod: Pod, task: StartTask): void {
  const ref = refOf('container', pod, { name: task.name });
  const { containerId } = snapshotOf(draft, ref).context;
  const say = {
    stage: 'start',
    why: 'container.start',
    values: { container: task.name },
    where: WHERE.startContainer,
  } as const;
  const [effectId] = move(draft, ref, { type: 'StartContainer', containerId }, say);
  if (effectId !== undefined) waitFor(draft, pod.metadata.uid, { for: 'effect', effectId });
}

/** The started container was read back. */
export function containerStarted(draft: Draft, pod: Pod, task: StartTask, status: ContainerStatus): void {
  const { uid } = pod.metadata;
  const container = containerOf(pod, task.kind, task.name);
  const startupPending = container.startupProbe !== undefined;
  moveIf(
    draft,
    refOf('container', pod, { name: task.name }),
    { type: 'ContainerStarted', containerId: status.id, startupPending },
    {
      stage: 'start',
      why: startupPending ? 'container.startedProbing' : 'container.started',
      values: { container: task.name },
      where: WHERE.startContainer,
    },
  );
  recordEvent(draft, pod, texts.started(), task.name);
  linkContainerLog(draft, refOf('container', pod, { name: task.name }), status);
  clearStartError(draft, uid, task.name);
  goOn(draft, pod, task, 'postStart');
}

function clearStartError(draft: Draft, podUid: string, name: string): void {
  const errors = draft.state.startErrors[podUid];
  if (errors === undefined) return;
  update(draft, { startErrors: { ...draft.state.startErrors, [podUid]: without(errors, name) } });
}

/** A runtime call of the start failed. */
export function startCallFailed(
  draft: Draft,
  pod: Pod,
  task: StartTask,
  message: string,
  reason?: string,
): void {
  recordEvent(draft, pod, texts.failed(message), task.name);
  const usual = task.step === 'create' ? 'CreateContainerError' : 'RunContainerError';
  startFailed(draft, pod, task, { reason: reason ?? usual, message });
}
