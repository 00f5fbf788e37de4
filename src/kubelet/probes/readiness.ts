/** How probe workers and their results become the `started` and `ready` flags of container statuses. */
import type { Container, ContainerStatusApi, Pod, PodStatus, ProbeKind } from '../../api/types.ts';
import { parseTime } from '../../lib/time.ts';
import { isSidecar } from '../pod-actions/restart-policy.ts';
import type { ProbeResults } from './results.ts';

/** A probe worker that exists, as far as the flags need to know it. */
export interface ProbeWorkerKey {
  readonly containerName: string;
  readonly kind: ProbeKind;
}

export interface ReadinessUpdate {
  readonly status: PodStatus;
  /** Containers whose readiness worker should run at once, as they have started and are not ready. */
  readonly probeNow: readonly string[];
}

/** The runtime's id in `wasm://id`; empty while there is none. */
export function runtimeContainerID(apiContainerID: string | undefined): string {
  return apiContainerID?.replace(/^[^:]*:\/\//, '') ?? '';
}

/** What a kubelet that has just started knows of the flags of containers that were there before it. */
export interface FlagsBefore {
  /** When this kubelet started, epoch milliseconds. */
  readonly kubeletStartedMs: number;
  /** What was said of the pod last. */
  readonly status: PodStatus;
}

/**
 * A container that ran for longer than this before the kubelet started was not started by it, nor just now by
 * the one before (prober_manager.go kubeletRestartGracePeriod).
 */
const RESTART_GRACE_MS = 10_000;

/** The container ran before this kubelet did. */
export function ranBefore(container: ContainerStatusApi, kubeletStartedMs: number | undefined): boolean {
  const startedMs = parseTime(String(container.state?.running?.startedAt ?? ''));
  if (startedMs === undefined || kubeletStartedMs === undefined) return false;
  return startedMs < kubeletStartedMs - RESTART_GRACE_MS;
}

/** The last status says of this very container that it has started. */
export function wasStarted(before: PodStatus | undefined, name: string, containerID: string): boolean {
  const { containerStatuses = [], initContainerStatuses = [] } = before ?? {};
  const known = [...containerStatuses, ...initContainerStatuses].find((status) => status.name === name);
  return known?.containerID === containerID && known.started === true;
}

/**
 * prober_manager.go UpdatePodStatus; ephemeral containers have no such flags. A kubelet's restart changes no
 * flag: without a result of its own it takes what was said before (ChangeContainerStatusOnKubeletRestart off).
 */
export function updateReadiness(
  pod: Pod,
  status: PodStatus,
  workers: readonly ProbeWorkerKey[],
  results: ProbeResults,
  before?: FlagsBefore,
): ReadinessUpdate {
  const probeNow: string[] = [];
  const hasWorker = (containerName: string, kind: ProbeKind) =>
    workers.some((worker) => worker.containerName === containerName && worker.kind === kind);

  const isStarted = (container: ContainerStatusApi) => {
    if (!container.state?.running) return false;
    const result = results.startup[runtimeContainerID(container.containerID)];
    if (result !== undefined) return result === 'success';
    if (wasStarted(before?.status, container.name, container.containerID ?? '')) return true;
    return !hasWorker(container.name, 'startup');
  };
  const isReady = (container: ContainerStatusApi) => {
    if (!container.state?.running) return false;
    const result = results.readiness[runtimeContainerID(container.containerID)];
    if (result === 'success') return true;
    const probed = hasWorker(container.name, 'readiness');
    if (probed) probeNow.push(container.name);
    if (!ranBefore(container, before?.kubeletStartedMs)) return !probed;
    // It was there before this kubelet: until its probe says something, the pod's own word counts.
    const isProbed = findIn(pod, container.name)?.readinessProbe !== undefined;
    return (result === undefined || !probed) && (!isProbed || isPodReady(before?.status));
  };
  const flagged = (container: ContainerStatusApi): ContainerStatusApi => {
    const started = isStarted(container);
    return { ...container, started, ready: started && isReady(container) };
  };
  const flaggedInit = (container: ContainerStatusApi): ContainerStatusApi => {
    const definition = find(pod.spec.initContainers, container.name);
    if (definition && isSidecar(definition)) return flagged(container);
    return {
      ...container,
      started: isStarted(container),
      ready: container.state?.terminated?.exitCode === 0,
    };
  };
  return {
    status: {
      ...status,
      ...(status.containerStatuses ? { containerStatuses: status.containerStatuses.map(flagged) } : {}),
      ...(status.initContainerStatuses
        ? { initContainerStatuses: status.initContainerStatuses.map(flaggedInit) }
        : {}),
    },
    probeNow,
  };
}

function findIn({ spec }: Pod, name: string): Container | undefined {
  return find(spec.containers, name) ?? find(spec.initContainers, name);
}

function isPodReady(status: PodStatus | undefined): boolean {
  return (
    status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ===
    true
  );
}

function find(containers: readonly Container[] | undefined, name: string): Container | undefined {
  return containers?.find((container) => container.name === name);
}
