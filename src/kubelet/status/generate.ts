/** The whole status of a pod, computed from its spec, what the runtime reports and what was said before. */
import type { ContainerStatusApi, Pod, PodCondition, PodPhase, PodStatus } from '../../api/types.ts';
import { formatTime } from '../../lib/time.ts';
import { DEADLINE_EXCEEDED, pastActiveDeadline } from '../active-deadline.ts';
import { type ResizeState, resizeConditions } from '../allocation/resize-conditions.ts';
import { hasAnyActiveRegularContainer } from '../pod-actions/init-containers.ts';
import { shouldAllContainersRestart } from '../pod-actions/restart-policy.ts';
import { type ProbeWorkerKey, updateReadiness } from '../probes/readiness.ts';
import type { ProbeResults } from '../probes/results.ts';
import { computePodQos } from '../qos.ts';
import { activeSandbox, type RuntimePod, runtimePodIPs } from '../runtime-pod.ts';
import {
  allContainersRestartingCondition,
  containersReadyCondition,
  hasRestartAllContainersRule,
  initializedCondition,
  isOwnedByKubelet,
  readyCondition,
  readyToStartContainersCondition,
} from './conditions.ts';
import { toApiContainerStatuses } from './container-statuses.ts';
import { insecureIdConditions } from './insecure-ids.ts';
import { isTerminalPhase, withTransitionTimes } from './merge.ts';
import { getPhase } from './phase.ts';
import { podResourcesStatus } from './pod-resources.ts';
import type { StartErrors } from './start-error.ts';

export interface StatusInput {
  /** As the API server has it; its own `status` is what was last sent or written by others. */
  readonly pod: Pod;
  readonly runtimePod: RuntimePod;
  /** The status manager's latest version; `pod.status` when it has none. */
  readonly previous: PodStatus | undefined;
  /** The phase that was computed last; it may be ahead of the one that was told. */
  readonly computedPhase?: PodPhase | undefined;
  readonly startErrors: StartErrors;
  /** How far a resize of the pod has come. */
  readonly resize?: ResizeState | undefined;
  /** No container of the pod will run any more. */
  readonly podIsTerminal: boolean;
  /** The node's addresses, the primary one first. */
  readonly hostIPs: readonly string[];
  readonly runtimeName: string;
  readonly nowMs: number;
  /** Gate InsecurePodWarnings. */
  readonly insecurePodWarnings?: boolean;
}

export interface ProbedStatusInput extends StatusInput {
  readonly probeWorkers: readonly ProbeWorkerKey[];
  readonly probeResults: ProbeResults;
  /** When this kubelet started; containers that ran before keep their flags until they are probed. */
  readonly kubeletStartedMs?: number | undefined;
}

/** The status with the probes' flags, and the containers whose readiness should be probed at once. */
export function generatePodStatus(input: ProbedStatusInput): {
  readonly status: PodStatus;
  readonly probeNow: readonly string[];
} {
  let probeNow: readonly string[] = [];
  const status = generateApiPodStatus(input, (unflagged) => {
    const { pod, probeWorkers, probeResults, kubeletStartedMs } = input;
    const status = input.previous ?? pod.status ?? {};
    const before = kubeletStartedMs === undefined ? undefined : { kubeletStartedMs, status };
    const updated = updateReadiness(pod, unflagged, probeWorkers, probeResults, before);
    probeNow = updated.probeNow;
    return updated.status;
  });
  return { status, probeNow };
}

/** kubelet_pods.go generateAPIPodStatus; `flagged` sets `started` and `ready` of every container. */
export function generateApiPodStatus(
  input: StatusInput,
  flagged: (status: PodStatus) => PodStatus,
): PodStatus {
  const { pod, runtimePod } = input;
  const previous = input.previous ?? pod.status ?? {};
  const converted = flagged(convertStatus(input, previous));
  const statuses = [...(converted.initContainerStatuses ?? []), ...(converted.containerStatuses ?? [])];
  // What has succeeded stays so, although the deadline passes while the worker tidies up.
  const evicted = pastActiveDeadline(pod, previous, input.nowMs) && input.computedPhase !== 'Succeeded';
  const phase = evicted ? 'Failed' : nextPhase(input, previous, statuses);
  const { reason, message } = evicted ? DEADLINE_EXCEEDED : phaseWords(pod, previous, phase);
  const hostIP = input.hostIPs[0];
  return {
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    phase,
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
    conditions: conditions(input, previous, phase, converted),
    ...(hostIP ? { hostIP, hostIPs: input.hostIPs.map((ip) => ({ ip })) } : {}),
    ...podIPs(pod, runtimePod, previous, input.hostIPs),
    startTime: previous.startTime ?? formatTime(input.nowMs),
    ...converted,
    ...podResourcesStatus(pod),
    qosClass: computePodQos(pod.spec),
  };
}

function convertStatus(input: StatusInput, previous: PodStatus): PodStatus {
  const { pod, runtimePod, startErrors, runtimeName } = input;
  const restartingAllContainers =
    hasRestartAllContainersRule(pod) && shouldAllContainersRestart(pod, runtimePod, previous);
  const shared = { pod, runtimePod, startErrors, runtimeName, restartingAllContainers };
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec;
  const of = (
    kind: 'init' | 'regular' | 'ephemeral',
    list: typeof containers,
    before: ContainerStatusApi[] | undefined,
  ) => toApiContainerStatuses({ ...shared, kind, containers: list, previous: before ?? [] });
  return {
    ...(initContainers.length > 0
      ? { initContainerStatuses: of('init', initContainers, previous.initContainerStatuses) }
      : {}),
    containerStatuses: of('regular', containers, previous.containerStatuses),
    ...(ephemeralContainers.length > 0
      ? {
          ephemeralContainerStatuses: of(
            'ephemeral',
            ephemeralContainers,
            previous.ephemeralContainerStatuses,
          ),
        }
      : {}),
  };
}

/** A pod never leaves a terminal phase. */
function nextPhase(
  { pod, runtimePod, podIsTerminal }: StatusInput,
  previous: PodStatus,
  statuses: readonly ContainerStatusApi[],
): PodPhase {
  const podHasInitialized = hasAnyActiveRegularContainer(pod, runtimePod);
  const phase = getPhase({ pod, statuses, podIsTerminal, podHasInitialized });
  if (isTerminalPhase(phase)) return phase;
  if (previous.phase && isTerminalPhase(previous.phase)) return previous.phase;
  if (pod.status?.phase && isTerminalPhase(pod.status.phase)) return pod.status.phase;
  return phase;
}

/** Reason and message belong to the phase: kept while it stays, dropped when it changes. */
function phaseWords(pod: Pod, previous: PodStatus, phase: PodPhase): Pick<PodStatus, 'reason' | 'message'> {
  if (phase !== previous.phase) return {};
  const reason = previous.reason || pod.status?.reason;
  const message = previous.message || pod.status?.message;
  return { ...(reason ? { reason } : {}), ...(message ? { message } : {}) };
}

function conditions(
  { pod, runtimePod, nowMs, resize = {}, insecurePodWarnings = false }: StatusInput,
  previous: PodStatus,
  phase: PodPhase,
  { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] }: PodStatus,
): PodCondition[] {
  const statuses = [...initContainerStatuses, ...containerStatuses];
  const others = (pod.status?.conditions ?? []).filter(
    (condition) => !isOwnedByKubelet(condition.type) && condition.type !== 'DisruptionTarget',
  );
  const disruption = previous.conditions?.find((condition) => condition.type === 'DisruptionTarget');
  const kept = disruption ? [...others, disruption] : others;
  const resizing = resizeConditions(resize);
  const input = { pod, statuses, phase };
  const restarting = hasRestartAllContainersRule(pod)
    ? [allContainersRestartingCondition(pod, runtimePod, previous, phase)]
    : [];
  const own = [
    readyToStartContainersCondition(pod, runtimePod),
    initializedCondition({ ...input, previous: previous.conditions }),
    readyCondition(input, kept),
    containersReadyCondition(input),
    { type: 'PodScheduled', status: 'True' },
    ...restarting,
    ...(insecurePodWarnings ? insecureIdConditions(pod, [...statuses, ...ephemeralContainerStatuses]) : []),
  ];
  const { generation } = pod.metadata;
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  return withTransitionTimes(
    [...kept, ...resizing, ...own.map((condition) => ({ ...condition, ...observed }))],
    previous.conditions,
    nowMs,
  );
}

/**
 * The sandbox's address; on the host's network the node's, once set for good. A pod without a running
 * sandbox keeps the address that it had (pleg/generic.go getPodIPs).
 */
function podIPs(
  pod: Pod,
  runtimePod: RuntimePod,
  previous: PodStatus,
  hostIPs: readonly string[],
): Pick<PodStatus, 'podIP' | 'podIPs'> {
  const kept = activeSandbox(runtimePod) ? [] : (previous.podIPs ?? []).flatMap(({ ip }) => (ip ? [ip] : []));
  const own = runtimePodIPs(runtimePod);
  const ips = pod.spec.hostNetwork ? hostIPs : own.length > 0 ? own : kept;
  return ips[0] ? { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) } : {};
}
