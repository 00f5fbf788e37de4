/** Whether a node's status says anything new: heartbeat times are no news. */
import type { NodeCondition, NodeStatus } from '../../api/types.ts';
import { sameData } from '../../lib/same-data.ts';

/** pkg/kubelet/kubelet_node_status.go nodeStatusHasChanged. */
export function nodeStatusHasChanged(before: NodeStatus | undefined, now: NodeStatus): boolean {
  if (before === undefined) return true;
  return !sameData(withoutHeartbeats(before), withoutHeartbeats(now));
}

/** Conditions in the order of their types, without the times that every status renews. */
function withoutHeartbeats(status: NodeStatus): NodeStatus {
  const conditions = [...(status.conditions ?? [])].sort((a, b) => (a.type < b.type ? -1 : 1));
  return { ...status, conditions: conditions.map(timeless) };
}

function timeless({ lastHeartbeatTime: _heartbeat, ...condition }: NodeCondition): NodeCondition {
  return condition;
}
