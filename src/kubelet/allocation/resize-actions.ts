/** What a promised resize still has to change on running containers: their limits, or the containers themselves. */
import type { ContainerStatus, LinuxContainerResources } from '../../api/cri.ts';
import type { Container } from '../../api/types.ts';

/** What the kernel enforces of a container's resources; a memory request is enforced nowhere. */
type Enforced = Pick<LinuxContainerResources, 'memoryLimitBytes' | 'cpuShares' | 'cpuQuota'>;

const RESOURCE_OF = { memoryLimitBytes: 'memory', cpuShares: 'cpu', cpuQuota: 'cpu' } as const;

export type ResizeAction =
  | { readonly type: 'none' }
  /** The container's resizePolicy asks for a restart. */
  | { readonly type: 'restart' }
  | { readonly type: 'update'; readonly resources: LinuxContainerResources };

/** A running container's limits held against what its pod was promised (kuberuntime_manager.go computePodResizeAction). */
export function resizeAction(
  container: Container,
  { state, resources: actual }: ContainerStatus,
  wanted: LinuxContainerResources,
): ResizeAction {
  if (state !== 'CONTAINER_RUNNING' || actual === undefined) return { type: 'none' };
  const changed = (Object.keys(RESOURCE_OF) as (keyof Enforced)[]).filter(
    (key) => wanted[key] !== actual[key],
  );
  if (changed.length === 0) return { type: 'none' };
  const restarts = changed.some((key) => restartsFor(container, RESOURCE_OF[key]));
  if (restarts) return { type: 'restart' };
  const { memoryLimitBytes, cpuShares, cpuQuota, cpuPeriod } = wanted;
  return { type: 'update', resources: { ...actual, memoryLimitBytes, cpuShares, cpuQuota, cpuPeriod } };
}

function restartsFor({ resizePolicy = [] }: Container, resource: 'cpu' | 'memory'): boolean {
  return resizePolicy.some(
    (one) => one.resourceName === resource && one.restartPolicy === 'RestartContainer',
  );
}

/** Whether a limit goes down: then it is looked at first whether more than that is in use. */
export function lowersMemory(before: Enforced, after: Enforced): boolean {
  return (
    after.memoryLimitBytes > 0 &&
    (before.memoryLimitBytes === 0 || after.memoryLimitBytes < before.memoryLimitBytes)
  );
}
