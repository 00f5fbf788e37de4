/**
 * The node condition machine: one condition of the Node, as the kubelet posts it. Unknown is what it is before
 * the kubelet has told anything, and what the control plane makes of it when the kubelet falls silent.
 * Follows pkg/kubelet/nodestatus/setters.go. It emits nothing: the status is posted as a whole.
 */
import { setup } from 'xstate';

export type NodeConditionEvent =
  /** It holds: the node is ready, or under this pressure. */
  | { readonly type: 'ConditionMet' }
  | { readonly type: 'ConditionNotMet' }
  /** The Node object says Unknown: the control plane has given this node up for lost. */
  | { readonly type: 'HeartbeatMissed' };

export const nodeConditionMachine = setup({
  types: { events: {} as NodeConditionEvent },
}).createMachine({
  id: 'nodeCondition',
  initial: 'Unknown',
  states: {
    Unknown: { on: { ConditionMet: 'True', ConditionNotMet: 'False' } },
    True: { on: { ConditionNotMet: 'False', HeartbeatMissed: 'Unknown' } },
    False: { on: { ConditionMet: 'True', HeartbeatMissed: 'Unknown' } },
  },
});
