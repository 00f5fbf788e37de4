/**
 * What the control plane makes of a node that no longer tells how it is: its conditions become Unknown, its
 * pods not ready. Follows pkg/controller/nodelifecycle/node_lifecycle_controller.go.
 */
import type { NodeCondition, PodCondition, PodStatus } from '../../api/types.ts';
import { formatTime } from '../../lib/time.ts';

/** node-monitor-grace-period: 50 s since v1.32, 40 s before. */
export const MONITOR_GRACE_MS = 50_000;
/** node-startup-grace-period, for a node whose kubelet never told anything. */
export const STARTUP_GRACE_MS = 60_000;
/** node-monitor-period. */
export const MONITOR_PERIOD_MS = 5_000;

/** Conditions that the kubelet owes; NetworkUnavailable is the network's. */
const OWED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

const NEVER_POSTED = {
  status: 'Unknown',
  reason: 'NodeStatusNeverUpdated',
  message: 'Kubelet never posted node status.',
} as const;

const STOPPED_POSTING = {
  status: 'Unknown',
  reason: 'NodeStatusUnknown',
  message: 'Kubelet stopped posting node status.',
} as const;

/** Whether the last sign of life is too old; `agoMs` is counted from when it was seen. */
export function isLost(agoMs: number, everPosted: boolean): boolean {
  return agoMs > (everPosted ? MONITOR_GRACE_MS : STARTUP_GRACE_MS);
}

/** The node's conditions once it is lost (tryUpdateNodeHealth); `createdAt` is the node's creation time. */
export function lostConditions(
  conditions: readonly NodeCondition[],
  createdAt: string,
  atMs: number,
): readonly NodeCondition[] {
  const lastTransitionTime = formatTime(atMs);
  const known = conditions.map((condition) =>
    OWED.includes(condition.type) && condition.status !== 'Unknown'
      ? { ...condition, ...STOPPED_POSTING, lastTransitionTime }
      : condition,
  );
  const never = OWED.filter((type) => !conditions.some((condition) => condition.type === type));
  return [
    ...known,
    ...never.map((type) => ({ type, ...NEVER_POSTED, lastHeartbeatTime: createdAt, lastTransitionTime })),
  ];
}

/** A pod's status on a node that is not ready; undefined when it says so already (controller/util/node MarkPodsNotReady). */
export function notReadyStatus(status: PodStatus | undefined, atMs: number): PodStatus | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') return undefined;
  const change = (condition: PodCondition): PodCondition =>
    condition.type === 'Ready'
      ? { ...condition, status: 'False', lastTransitionTime: formatTime(atMs) }
      : condition;
  return { ...status, conditions: (status?.conditions ?? []).map(change) };
}

/** The condition of a pod that has to leave a tainted node (pkg/controller/tainteviction addConditionAndDeletePod). */
export function taintDeletionCondition(atMs: number): PodCondition {
  return {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    lastTransitionTime: formatTime(atMs),
  };
}
