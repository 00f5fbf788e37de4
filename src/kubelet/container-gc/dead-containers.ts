/**
 * Which records go as soon as a container has died, long before the garbage collector's turn: all older ones of
 * the same container. Follows pkg/kubelet/pod_container_deletor.go getContainersToDeleteInPod.
 */
import type { ContainerStatus } from '../../api/cri.ts';

/** kubelet.go minDeadContainerInPod: so that the last run's log can still be read. */
export const MIN_DEAD_CONTAINERS = 1;

/**
 * Newest first in, the records to remove out. With an id only the container of that record is looked at;
 * undefined when the pod has no such record.
 */
export function deadContainersToDelete(
  containers: readonly ContainerStatus[],
  keep: number,
  exitedId?: string,
): readonly ContainerStatus[] | undefined {
  const exited = containers.find(({ id }) => id === exitedId);
  if (exitedId !== undefined && exited === undefined) return undefined;
  const dead = containers.filter(
    ({ state, metadata }) =>
      state === 'CONTAINER_EXITED' && (exited === undefined || metadata.name === exited.metadata.name),
  );
  return dead.slice(keep);
}
