/** One runtime record told in the words of the API. */
import type { ContainerStatus, Mount } from '../../api/cri.ts';
import { ANNOTATION } from '../../api/cri.ts';
import type { Container, ContainerStatusApi } from '../../api/types.ts';
import { formatTime } from '../../lib/time.ts';
import { type AmountName, enforcedAmounts, formatAmount, isEnforced } from '../resources/enforced.ts';

type ApiState = NonNullable<ContainerStatusApi['state']>;

/** Why a container's end is not known: its record was lost while it ran. */
export const CONTAINER_STATUS_UNKNOWN = 'ContainerStatusUnknown';

/** How a container ended whose record was lost while it ran, or that nobody has seen end. */
export const LOST = {
  reason: CONTAINER_STATUS_UNKNOWN,
  message: 'The container could not be located when the pod was terminated',
  exitCode: 137,
};

/** The restart count that the kubelet wrote on the record (kuberuntime getContainerInfoFromAnnotations). */
export function restartCount(status: ContainerStatus): number {
  return Number(status.annotations[ANNOTATION.containerRestartCount] ?? status.metadata.attempt);
}

/** `docker://id`, `wasm://id`: how the API names a container (kubecontainer.ContainerID.String). */
export function apiContainerID(runtimeName: string, id: string): string {
  return `${runtimeName}://${id}`;
}

/**
 * The status of one record; `previous` is what the API said of the same container before, and
 * `container` its definition (kubelet_pods.go convertContainerStatus).
 */
export function toApiContainerStatus(
  status: ContainerStatus,
  previous: ContainerStatusApi | undefined,
  container: Container,
  runtimeName: string,
): ContainerStatusApi {
  const lost = status.state === 'CONTAINER_UNKNOWN' && previous?.state?.running !== undefined;
  const volumeMounts = volumeMountStatuses(container, status.mounts);
  return {
    name: container.name,
    state: lost ? { terminated: LOST } : apiState(status, runtimeName),
    lastState: previous?.lastState ?? {},
    ready: false,
    restartCount: lost ? (previous?.restartCount ?? 0) + 1 : restartCount(status),
    image: status.image,
    imageID: status.imageRef,
    containerID: apiContainerID(runtimeName, status.id),
    ...(container.resources?.requests ? { allocatedResources: container.resources.requests } : {}),
    resources: actualResources(container, status),
    ...(volumeMounts ? { volumeMounts } : {}),
    ...userOf(status),
  };
}

/** Who it runs as, when the runtime says it (gate SupplementalGroupsPolicy). */
function userOf({ user }: ContainerStatus): Pick<ContainerStatusApi, 'user'> {
  if (user === undefined) return {};
  const { uid, gid, supplementalGroups } = user;
  return { user: { linux: { uid, gid, supplementalGroups: [...supplementalGroups] } } };
}

/**
 * What the container was promised, but for what the kernel enforces while it runs otherwise
 * (kubelet_pods.go convertContainerStatusResources).
 */
function actualResources(
  { resources = {} }: Container,
  { state, resources: actual }: ContainerStatus,
): NonNullable<ContainerStatusApi['resources']> {
  if (state !== 'CONTAINER_RUNNING' || actual === undefined) return resources;
  const { requests, limits } = resources;
  const seen = enforcedAmounts(actual);
  const other = (kind: 'limits' | 'requests', name: AmountName, amount: number | undefined) => {
    const told = resources[kind]?.[name];
    if (amount === undefined || told === undefined || isEnforced(name, kind, String(told), amount)) return {};
    return { [name]: formatAmount(name, amount) };
  };
  const differ = {
    limits: { ...other('limits', 'cpu', seen.limits.cpu), ...other('limits', 'memory', seen.limits.memory) },
    requests: other('requests', 'cpu', seen.requests.cpu),
  };
  return {
    ...resources,
    ...(Object.keys(differ.limits).length === 0 ? {} : { limits: { ...limits, ...differ.limits } }),
    ...(Object.keys(differ.requests).length === 0 ? {} : { requests: { ...requests, ...differ.requests } }),
  };
}

function apiState(status: ContainerStatus, runtimeName: string): ApiState {
  switch (status.state) {
    case 'CONTAINER_RUNNING':
      return { running: { startedAt: formatTime(status.startedAtMs) } };
    case 'CONTAINER_EXITED':
      return {
        terminated: {
          exitCode: status.exitCode,
          ...(status.reason ? { reason: status.reason } : {}),
          ...(status.message ? { message: status.message } : {}),
          startedAt: formatTime(status.startedAtMs),
          finishedAt: formatTime(status.finishedAtMs),
          containerID: apiContainerID(runtimeName, status.id),
        },
      };
    case 'CONTAINER_CREATED':
    case 'CONTAINER_UNKNOWN':
      return { waiting: {} };
  }
}

/**
 * The mounts as they are asked for, and which image is really `mounted` where a volume shows one (gate
 * ImageVolumeWithDigest); a read-only one is not so below its own mounts.
 */
export function volumeMountStatuses(
  container: Container,
  mounted: readonly Mount[] = [],
): ContainerStatusApi['volumeMounts'] {
  return container.volumeMounts?.map(({ name, mountPath, readOnly }) => {
    const imageRef = mounted.find(({ containerPath }) => containerPath === mountPath)?.image;
    return {
      name,
      mountPath,
      ...(readOnly ? { readOnly: true, recursiveReadOnly: 'Disabled' } : {}),
      ...(imageRef === undefined ? {} : { volumeStatus: { image: { imageRef } } }),
    };
  });
}
