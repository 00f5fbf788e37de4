/**
 * Carrying a promised resize out on what runs: the pod's own bounds, then each container's; what grows, grows
 * from the outside in, what shrinks, from the inside out. Follows kuberuntime_manager.go doPodResizeAction.
 */
import type { ContainerStatus, LinuxPodResources } from '../../api/cri.ts';
import type { Container, Pod } from '../../api/types.ts';
import type { EffectError, EffectResult } from '../../machines/events.ts';
import { resizeFailed } from '../allocation/allocation-manager.ts';
import { lowersMemory, type ResizeAction, resizeAction } from '../allocation/resize-actions.ts';
import { ALLOCATION_WHERE as WHERE } from '../allocation/where.ts';
import { type Draft, emit, moveIf, refOf, type Say, snapshotOf } from '../draft.ts';
import type { ContainerToUpdate, PodActions } from '../pod-actions/types.ts';
import { allContainers } from '../pod-spec.ts';
import { linuxPodResources } from '../resources/pod.ts';
import { newestContainer } from '../runtime-pod.ts';
import { limitsOf } from './limits.ts';
import { addError, dropTasks, setWorker, waitFor, workerOf } from './worker-slice.ts';
import type { Task } from './worker-state.ts';

/** What a running container's limits lack of what it was promised. */
export function resizeActionOf(
  draft: Draft,
  pod: Pod,
  container: Container,
  status: ContainerStatus,
): ResizeAction {
  return resizeAction(container, status, limitsOf(draft, pod, container));
}

/** IsPodResizeInProgress: some running container, or the pod as a whole, is not yet as it was promised. */
export function isResizeInProgress(draft: Draft, pod: Pod): boolean {
  const { runtimePod, podResources } = workerOf(draft, pod.metadata.uid);
  if (podResources !== undefined && !sameBounds(podResources, linuxPodResources(pod, draft.state.config)))
    return true;
  return allContainers(pod).some((container) => {
    const status = newestContainer(runtimePod, container.name);
    return status !== undefined && resizeActionOf(draft, pod, container, status).type !== 'none';
  });
}

type ResizeTask = Extract<Task, { type: 'checkMemory' | 'resizeContainer' | 'resizePod' }>;

/** The tasks of a resize, in their order; none when nothing is to be changed. */
export function resizeTasks(
  draft: Draft,
  pod: Pod,
  { containersToUpdate, createSandbox }: PodActions,
): readonly Task[] {
  const { podResources: before } = workerOf(draft, pod.metadata.uid);
  const after = linuxPodResources(pod, draft.state.config);
  // What an earlier kubelet set is not known: it is set again with the containers'.
  const differs = before === undefined ? containersToUpdate.length > 0 : !sameBounds(before, after);
  const podChanges = differs && !createSandbox;
  if (containersToUpdate.length === 0 && !podChanges) return [];
  const containers = [...containersToUpdate].sort((a, b) => growth(a) - growth(b));
  const lowered = containers.filter(({ before: was, resources }) => lowersMemory(was, resources));
  const whole: Task[] = podChanges ? [{ type: 'resizePod', resources: after }] : [];
  const each = containers.map(
    ({ id, name, resources }): Task => ({
      type: 'resizeContainer',
      containerId: id,
      name,
      resources,
    }),
  );
  return [
    ...(lowered.length > 0 ? [{ type: 'checkMemory', containers: lowered } as const] : []),
    ...(grows(before, after) ? [...whole, ...each] : [...each, ...whole]),
    { type: 'readPodStatus' },
  ];
}

function sameBounds(a: LinuxPodResources, b: LinuxPodResources): boolean {
  return (
    a.memoryLimitBytes === b.memoryLimitBytes && a.cpuShares === b.cpuShares && a.cpuQuota === b.cpuQuota
  );
}

const unlimited = (limit: number) => (limit === 0 ? Number.POSITIVE_INFINITY : limit);

function grows(before: LinuxPodResources | undefined, after: LinuxPodResources): boolean {
  if (before === undefined) return true;
  return (
    unlimited(after.memoryLimitBytes) > unlimited(before.memoryLimitBytes) ||
    unlimited(after.cpuQuota) > unlimited(before.cpuQuota)
  );
}

/** Decreases come before increases. */
function growth({ before, resources }: ContainerToUpdate): number {
  return Math.sign(unlimited(resources.memoryLimitBytes) - unlimited(before.memoryLimitBytes)) || 0;
}

export function performResize(draft: Draft, pod: Pod, task: ResizeTask): void {
  const { uid } = pod.metadata;
  switch (task.type) {
    case 'checkMemory': {
      const effectId = emit(draft, refOf('podWorker', pod), { type: 'readStats' });
      waitFor(draft, uid, { for: 'effect', effectId });
      return;
    }
    case 'resizeContainer': {
      const { name, containerId, resources } = task;
      const { memoryLimitBytes: memory, cpuShares: shares, cpuQuota: quota } = resources;
      const values = { container: name, memory, shares, quota };
      const say: Say = { stage: 'sync', why: 'resize.container', values, where: WHERE.updateContainers };
      const event = { type: 'UpdateResources', containerId, resources } as const;
      const ids = moveIf(draft, refOf('container', pod, { name }), event, say);
      if (ids?.[0] !== undefined) waitFor(draft, uid, { for: 'effect', effectId: ids[0] });
      return;
    }
    case 'resizePod': {
      const { resources } = task;
      const ref = refOf('sandbox', pod);
      const { sandboxId } = snapshotOf(draft, ref).context;
      const { memoryLimitBytes: memory, cpuShares: shares, cpuQuota: quota } = resources;
      const say: Say = {
        stage: 'sync',
        why: 'resize.pod',
        values: { memory, shares, quota },
        where: WHERE.resize,
      };
      const ids = moveIf(draft, ref, { type: 'UpdateResources', sandboxId, resources }, say);
      if (ids?.[0] !== undefined) waitFor(draft, uid, { for: 'effect', effectId: ids[0] });
    }
  }
}

/** A limit is not lowered below what is in use: the kernel would kill for it (validateMemoryResizeAction). */
export function memoryChecked(
  draft: Draft,
  pod: Pod,
  task: Task | undefined,
  found: EffectResult | EffectError,
): void {
  if (task?.type !== 'checkMemory') return;
  if (!('type' in found) || found.type !== 'stats') {
    resizeStopped(draft, pod, 'message' in found ? found.message : 'the memory in use is not known');
    return;
  }
  const errors = task.containers.flatMap(({ id, name, resources }) => {
    const used =
      found.measured.containers.find(({ stats }) => stats.id === id)?.stats.memoryWorkingSetBytes ?? 0;
    const limit = resources.memoryLimitBytes;
    if (used <= limit) return [];
    return [`attempting to set container "${name}" memory limit (${limit}) below current usage (${used})`];
  });
  const all = errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`;
  if (errors.length > 0) resizeStopped(draft, pod, `cannot decrease memory limits: ${all}`);
}

/** What came of an update. */
export function resizeReturned(
  draft: Draft,
  pod: Pod,
  task: Task | undefined,
  failure: string | undefined,
): void {
  if (failure !== undefined) resizeStopped(draft, pod, failure);
  else if (task?.type === 'resizePod') setWorker(draft, pod.metadata.uid, { podResources: task.resources });
}

/** The resize is given up for this sync, and told; everything else of the sync goes on. */
function resizeStopped(draft: Draft, pod: Pod, message: string): void {
  const { uid } = pod.metadata;
  resizeFailed(draft, pod, message);
  addError(draft, uid, { kind: 'generic', reason: 'ResizePodInPlaceError', message });
  dropTasks(draft, uid, ({ type }) => !['resizeContainer', 'resizePod'].includes(type));
}
