/** How probe workers and their results become the `started` and `ready` flags of container statuses. */
import type { Container, ContainerStatusApi, Pod, PodStatus, ProbeKind } from '../../api/types.ts';
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

/** prober_manager.go UpdatePodStatus; ephemeral containers have no such flags. */
export function updateReadiness(
  pod: Pod,
  status: PodStatus,
  workers: readonly ProbeWorkerKey[],
  results: ProbeResults,
): ReadinessUpdate {
  const probeNow: string[] = [];
  const hasWorker = (containerName: string, kind: ProbeKind) =>
    workers.some((worker) => worker.containerName === containerName && worker.kind === kind);

  const isStarted = (container: ContainerStatusApi) => {
    if (!container.state?.running) return false;
    const result = results.startup[runtimeContainerID(container.containerID)];
    if (result !== undefined) return result === 'success';
    return !hasWorker(container.name, 'startup');
  };
  const isReady = (container: ContainerStatusApi) => {
    if (!container.state?.running) return false;
    if (results.readiness[runtimeContainerID(container.containerID)] === 'success') return true;
    if (!hasWorker(container.name, 'readiness')) return true;
    probeNow.push(container.name);
    return false;
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

function find(containers: readonly Container[] | undefined, name: string): Container | undefined {
  return containers?.find((container) => container.name === name);
}
