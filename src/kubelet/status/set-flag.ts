/**
 * What a probe's result changes in a status between two syncs: one container's flag, and the conditions
 * that are computed from it. Follows status_manager.go SetContainerReadiness and SetContainerStartup.
 */
import type { ContainerStatusApi, Pod, PodStatus } from '../../api/types.ts';
import { runtimeContainerID } from '../probes/readiness.ts';
import { containersReadyCondition, readyCondition } from './conditions.ts';
import { withTransitionTimes } from './merge.ts';

type Change = Partial<Pick<ContainerStatusApi, 'ready' | 'started'>>;

/** The same status when no container has this id, as after a restart. */
function withFlag(status: PodStatus, containerId: string, change: Change): PodStatus {
  const flagged = (list: ContainerStatusApi[] | undefined) =>
    list?.map((one) => (runtimeContainerID(one.containerID) === containerId ? { ...one, ...change } : one));
  const { containerStatuses, initContainerStatuses } = status;
  return {
    ...status,
    ...(containerStatuses ? { containerStatuses: flagged(containerStatuses) } : {}),
    ...(initContainerStatuses ? { initContainerStatuses: flagged(initContainerStatuses) } : {}),
  };
}

/** Startup changes the flag alone: what follows from it waits for the next sync. */
export function withContainerStartup(status: PodStatus, containerId: string, started: boolean): PodStatus {
  return withFlag(status, containerId, { started });
}

/** Readiness changes the flag, `Ready` and `ContainersReady`; nothing when no container has this id. */
export function withContainerReadiness(
  pod: Pod,
  status: PodStatus,
  containerId: string,
  ready: boolean,
  nowMs: number,
): PodStatus {
  const known = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const target = known.find((one) => runtimeContainerID(one.containerID) === containerId);
  if (target === undefined || target.ready === ready) return status;
  const flagged = withFlag(status, containerId, { ready });
  const statuses = [...(flagged.initContainerStatuses ?? []), ...(flagged.containerStatuses ?? [])];
  const input = { pod, statuses, phase: status.phase ?? 'Pending' };
  const { generation } = pod.metadata;
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const renewed = [readyCondition(input, status.conditions ?? []), containersReadyCondition(input)];
  const conditions = (status.conditions ?? []).map(
    (condition) =>
      withTransitionTimes(
        renewed.filter(({ type }) => type === condition.type).map((own) => ({ ...own, ...observed })),
        status.conditions,
        nowMs,
      )[0] ?? condition,
  );
  return { ...flagged, conditions };
}
