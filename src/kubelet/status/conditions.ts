/** The conditions of a pod: one function each, as pkg/kubelet/status/generate.go has them. */
import type { ContainerStatusApi, Pod, PodCondition, PodPhase } from '../../api/types.ts';
import { isSidecar, shouldAllContainersRestart } from '../pod-actions/restart-policy.ts';
import { podSandboxChanged } from '../pod-actions/sandbox-changed.ts';
import type { RuntimePod } from '../runtime-pod.ts';

/** A condition before its transition time is known. */
export type Condition = PodCondition & {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
};

/** Conditions that the kubelet alone writes (kubetypes.PodConditionByKubelet). */
const OWNED: ReadonlySet<string> = new Set([
  'PodScheduled',
  'Ready',
  'Initialized',
  'ContainersReady',
  'PodReadyToStartContainers',
  'PodResizePending',
  'PodResizeInProgress',
  'AllContainersRestarting',
  'InsecureUserID',
  'InsecureGroupID',
]);

/** Whether the kubelet alone writes conditions of this type. */
export function isOwnedByKubelet(type: string): boolean {
  return OWNED.has(type);
}

/** Others write it too; the kubelet's own counts only with the move to a terminal phase. */
export function isSharedByKubelet(type: string): boolean {
  return type === 'DisruptionTarget';
}

interface ReadinessInput {
  readonly pod: Pod;
  /** Init and regular containers' statuses; undefined: nothing is known of them at all. */
  readonly statuses: readonly ContainerStatusApi[] | undefined;
  readonly phase: PodPhase;
  /** What was said before. */
  readonly previous?: readonly PodCondition[] | undefined;
}

/** GenerateContainersReadyCondition: sidecars and regular containers count, plain init containers do not. */
export function containersReadyCondition(input: ReadinessInput): Condition {
  const { pod, statuses, phase } = input;
  const type = 'ContainersReady';
  if (!statuses) return notTrue(type, 'UnknownContainerStatuses');
  const names = [...(pod.spec.initContainers ?? []).filter(isSidecar), ...pod.spec.containers].map(
    (container) => container.name,
  );
  const unknown: string[] = [];
  const unready: string[] = [];
  for (const name of names) {
    const status = statuses.find((candidate) => candidate.name === name);
    if (!status) unknown.push(name);
    else if (!status.ready) unready.push(name);
  }
  if (phase === 'Succeeded' && unknown.length === 0) return notTrue(type, 'PodCompleted');
  if (phase === 'Failed') return notTrue(type, 'PodFailed');
  const message = [
    ...listed('containers with unknown status', unknown),
    ...listed('containers with unready status', unready),
  ].join(', ');
  return message ? notTrue(type, 'ContainersNotReady', message) : { type, status: 'True' };
}

/** GeneratePodReadyCondition: the containers' readiness first, then the readiness gates. */
export function readyCondition(input: ReadinessInput, conditions: readonly PodCondition[]): Condition {
  const containersReady = containersReadyCondition(input);
  if (containersReady.status !== 'True') return { ...containersReady, type: 'Ready' };
  const messages = (input.pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const gate = conditions.find((condition) => condition.type === conditionType);
    if (!gate) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    if (gate.status === 'True') return [];
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`];
  });
  if (messages.length === 0) return { type: 'Ready', status: 'True' };
  return notTrue('Ready', 'ReadinessGatesNotReady', messages.join(', '));
}

/**
 * GeneratePodInitializedCondition: stays True once a regular container has run, or once it was True: a pod
 * that restarts in place does not become uninitialized.
 */
export function initializedCondition({ pod, statuses, phase, previous }: ReadinessInput): Condition {
  const type = 'Initialized';
  const initContainers = pod.spec.initContainers ?? [];
  if (!statuses && initContainers.length > 0) return notTrue(type, 'UnknownContainerStatuses');
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const container of initContainers) {
    const status = statuses?.find((candidate) => candidate.name === container.name);
    if (!status) unknown.push(container.name);
    else if (!(isSidecar(container) ? status.started : status.ready)) incomplete.push(container.name);
  }
  if (phase === 'Succeeded' && unknown.length === 0) return { type, status: 'True', reason: 'PodCompleted' };
  const regular = new Set(pod.spec.containers.map((container) => container.name));
  const hasRun = statuses?.some(
    (status) => regular.has(status.name) && (status.state?.running || status.state?.terminated),
  );
  const message = [
    ...listed('containers with unknown status', unknown),
    ...listed('containers with incomplete status', incomplete),
  ].join(', ');
  const wasTrue = previous?.some((condition) => condition.type === type && condition.status === 'True');
  if (hasRun || wasTrue || !message) return { type, status: 'True' };
  return notTrue(type, 'ContainersNotInitialized', message);
}

/**
 * GeneratePodReadyToStartContainersCondition: True exactly when no new sandbox is needed. The False form
 * has neither reason nor message, as up to v1.36.
 */
export function readyToStartContainersCondition(pod: Pod, runtimePod: RuntimePod): Condition {
  const { changed } = podSandboxChanged(pod, runtimePod);
  return { type: 'PodReadyToStartContainers', status: changed ? 'False' : 'True' };
}

/** GenerateAllContainersRestartingCondition, for pods in which a rule may restart all containers. */
export function allContainersRestartingCondition(
  pod: Pod,
  runtimePod: RuntimePod,
  previous: Pod['status'],
  phase: PodPhase,
): Condition {
  const type = 'AllContainersRestarting';
  if (phase === 'Succeeded') return notTrue(type, 'PodCompleted');
  if (phase === 'Failed') return notTrue(type, 'PodFailed');
  const names = new Set(
    [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((container) => container.name),
  );
  const cleanedUp = !runtimePod.containers.some((status) => names.has(status.metadata.name));
  if (cleanedUp || !shouldAllContainersRestart(pod, runtimePod, previous)) return { type, status: 'False' };
  return {
    type,
    status: 'True',
    reason: 'RestartAllContainersStarted',
    message: 'container exited with restart policy rule',
  };
}

/** Whether any rule of the pod may restart all its containers. */
export function hasRestartAllContainersRule(pod: Pod): boolean {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].some((container) =>
    container.restartPolicyRules?.some((rule) => rule.action === 'RestartAllContainers'),
  );
}

function notTrue(type: string, reason: string, message?: string): Condition {
  return { type, status: 'False', reason, ...(message ? { message } : {}) };
}

function listed(what: string, names: readonly string[]): string[] {
  return names.length > 0 ? [`${what}: [${names.join(' ')}]`] : [];
}
