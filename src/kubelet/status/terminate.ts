/** The last status of a pod of which nothing is left: no container may look as if it could still come. */
import type { ContainerStatusApi, Pod, PodStatus } from '../../api/types.ts';
import { isStaticPod } from '../pod-manager/pod-kinds.ts';
import { LOST } from './container-status.ts';
import { isTerminalPhase } from './merge.ts';

/**
 * status_manager.go TerminatePod: a container without an end gets one, if it may have run, and a pod that is
 * neither Succeeded nor Failed becomes Failed (static pods are excluded from that).
 */
export function terminatedStatus(pod: Pod, status: PodStatus): PodStatus {
  const { containerStatuses, initContainerStatuses } = status;
  const initialized = hasPodInitialized(pod, status);
  const begun = initContainersBegun(initContainerStatuses ?? []);
  const phase = isStaticPod(pod) || isTerminalPhase(status.phase) ? status.phase : 'Failed';
  return {
    ...status,
    ...(phase === undefined ? {} : { phase }),
    ...(containerStatuses === undefined || !initialized
      ? {}
      : { containerStatuses: containerStatuses.map(ended) }),
    ...(initContainerStatuses === undefined
      ? {}
      : {
          initContainerStatuses: initContainerStatuses.map((container, index) =>
            index < begun ? ended(container) : container,
          ),
        }),
  };
}

function ended(container: ContainerStatusApi): ContainerStatusApi {
  return container.state?.terminated ? container : { ...container, state: { terminated: LOST } };
}

/** Whether a regular container has run, or the last init container has done its work (hasPodInitialized). */
function hasPodInitialized({ spec }: Pod, { containerStatuses, initContainerStatuses }: PodStatus): boolean {
  if ((spec.initContainers ?? []).length === 0) return true;
  const hasRun = (containerStatuses ?? []).some(
    ({ state, lastState }) => state?.running ?? state?.terminated ?? lastState?.terminated,
  );
  if (hasRun) return true;
  const last = initContainerStatuses?.at(-1);
  if (last === undefined) return false;
  const isSidecar = spec.initContainers?.at(-1)?.restartPolicy === 'Always';
  if (isSidecar) return last.started === true;
  return (last.state?.terminated ?? last.lastState?.terminated)?.exitCode === 0;
}

/** How many of the init containers, from the first, may have run: at least one (initializedContainers). */
function initContainersBegun(containers: readonly ContainerStatusApi[]): number {
  const last = containers.findLastIndex(
    ({ state, lastState }) => state?.waiting === undefined || lastState?.terminated !== undefined,
  );
  return Math.max(last + 1, Math.min(containers.length, 1));
}
