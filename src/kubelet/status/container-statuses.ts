/** All statuses of one kind of container of a pod: records, what was said before, and failures to start. */
import type { Container, ContainerStatusApi, Pod } from '../../api/types.ts';
import { isSidecar, shouldContainerBeRestarted } from '../pod-actions/restart-policy.ts';
import { newestContainer, type RuntimePod } from '../runtime-pod.ts';
import { CONTAINER_STATUS_UNKNOWN, toApiContainerStatus, volumeMountStatuses } from './container-status.ts';
import { RESTARTING_ALL_CONTAINERS } from './phase.ts';
import type { StartErrors } from './start-error.ts';

export interface ContainerStatusesInput {
  readonly pod: Pod;
  readonly runtimePod: RuntimePod;
  readonly containers: readonly Container[];
  /** What the API said of these containers before. */
  readonly previous: readonly ContainerStatusApi[];
  readonly kind: 'init' | 'regular' | 'ephemeral';
  readonly startErrors: StartErrors;
  /** The whole pod is restarting in place: vanished records were removed for that. */
  readonly restartingAllContainers: boolean;
  /** The runtime's name in container ids: `wasm`, `docker`, `fake`. */
  readonly runtimeName: string;
}

/**
 * kubelet_pods.go convertToAPIContainerStatuses. Regular containers come ordered by name, init
 * containers as in the spec; `ready` and `started` are set later, by the probes.
 */
export function toApiContainerStatuses(input: ContainerStatusesInput): ContainerStatusApi[] {
  const statuses = input.containers.map((container) => {
    const previous = input.previous.find((status) => status.name === container.name);
    const seen = recordedStatus(input, container, previous);
    return withStartError(input, container, seen ?? unrecordedStatus(input, container, previous));
  });
  if (input.kind === 'init') return statuses;
  return statuses.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** From the newest record; the one before it gives `lastState`. */
function recordedStatus(
  input: ContainerStatusesInput,
  container: Container,
  previous: ContainerStatusApi | undefined,
): ContainerStatusApi | undefined {
  const [newest, earlier] = input.runtimePod.containers.filter((s) => s.metadata.name === container.name);
  if (!newest) return undefined;
  const status = toApiContainerStatus(newest, previous, container, input.runtimeName);
  if (!earlier) return status;
  const lastState = toApiContainerStatus(earlier, previous, container, input.runtimeName).state ?? {};
  return { ...status, lastState };
}

function unrecordedStatus(
  input: ContainerStatusesInput,
  container: Container,
  previous: ContainerStatusApi | undefined,
): ContainerStatusApi {
  const hasInitContainers = (input.pod.spec.initContainers?.length ?? 0) > 0;
  const volumeMounts = volumeMountStatuses(container);
  const waiting: ContainerStatusApi = {
    name: container.name,
    state: { waiting: { reason: hasInitContainers ? 'PodInitializing' : 'ContainerCreating' } },
    lastState: previous?.lastState ?? {},
    ready: false,
    restartCount: previous?.restartCount ?? 0,
    image: container.image ?? '',
    imageID: '',
    ...(volumeMounts ? { volumeMounts } : {}),
  };
  if (!previous) return waiting;
  if (input.restartingAllContainers && (previous.state?.terminated || previous.state?.running)) {
    const removed = { reason: RESTARTING_ALL_CONTAINERS, message: RESTARTING_MESSAGE };
    return {
      ...waiting,
      state: { waiting: removed },
      lastState: { terminated: { ...removed, exitCode: 137 } },
      restartCount: previous.restartCount + 1,
    };
  }
  // Until it runs again: its pod is coming back, although the init containers go first.
  if (previous.state?.waiting?.reason === RESTARTING_ALL_CONTAINERS) {
    return { ...waiting, state: previous.state };
  }
  // An ended container stays as it was told: its record may be collected at any time.
  if (previous.state?.terminated) return previous;
  if (!previous.state?.running || previous.lastState?.terminated) return waiting;
  return {
    ...waiting,
    lastState: { terminated: VANISHED },
    restartCount: previous.restartCount + (input.pod.metadata.deletionTimestamp === undefined ? 1 : 0),
  };
}

const VANISHED = {
  reason: CONTAINER_STATUS_UNKNOWN,
  // The two spaces are Kubernetes' own.
  message: 'The container could not be located when the pod was deleted.  The container used to be Running',
  exitCode: 137,
};

const RESTARTING_MESSAGE = 'The container is removed because RestartAllContainers in place';

/** A failed start is shown only when another start is due; the end it hides moves to `lastState`. */
function withStartError(
  input: ContainerStatusesInput,
  container: Container,
  status: ContainerStatusApi,
): ContainerStatusApi {
  const error = input.startErrors[container.name];
  if (!error) return status;
  const newest = newestContainer(input.runtimePod, container.name);
  const done = newest?.state === 'CONTAINER_EXITED' && newest.exitCode === 0;
  if (input.kind === 'init' && done && !isSidecar(container)) return status;
  if (!shouldContainerBeRestarted(container, input.pod, input.runtimePod)) return status;
  return {
    ...status,
    state: {
      waiting: { reason: error.reason, ...(error.message ? { message: error.message } : {}) },
    },
    lastState: status.state?.terminated ? { terminated: status.state.terminated } : (status.lastState ?? {}),
  };
}
