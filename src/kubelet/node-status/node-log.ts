/** What the kubelet logs of its own Node (kubelet_node_status.go, nodestatus/setters.go) and of its lease (controller.go). */
import type { NodeCondition } from '../../api/types.ts';
import { goQuote } from '../../lib/klog.ts';
import { formatDuration } from '../../lib/time.ts';
import type { EffectError } from '../../machines/events.ts';
import type { Draft } from '../draft.ts';
import { logError, logInfo } from '../log/log.ts';
import { requestError } from '../log/request-error.ts';

const NODE_STATUS = 'kubelet_node_status.go';
const CONTROLLER = 'controller.go';

const nodeKey = ({ state }: Draft) => ({ node: state.node.nodeName });

/** The Node is about to be made. */
export function logRegistering(draft: Draft): void {
  logInfo(draft, 0, NODE_STATUS, 'Attempting to register node', nodeKey(draft));
}

/** The Node is there. */
export function logRegistered(draft: Draft): void {
  logInfo(draft, 0, NODE_STATUS, 'Successfully registered node', nodeKey(draft));
}

/** The Node could not be made. */
export function logNotRegistered(draft: Draft, error: EffectError): void {
  const text = requestError('Post', '/api/v1/nodes', error);
  logError(draft, NODE_STATUS, text, 'Unable to register node with API server', nodeKey(draft));
}

/** An event of the Node's status; `ready` is its condition as it is now. */
export function logNodeNews(draft: Draft, event: string, ready: NodeCondition | undefined): void {
  logInfo(draft, 2, NODE_STATUS, 'Recording event message for node', { ...nodeKey(draft), event });
  if (event !== 'NodeNotReady' || ready === undefined) return;
  const {
    type,
    status,
    lastHeartbeatTime = null,
    lastTransitionTime = null,
    reason = '',
    message = '',
  } = ready;
  logInfo(draft, 0, 'setters.go', 'Node became not ready', {
    ...nodeKey(draft),
    condition: { type, status, lastHeartbeatTime, lastTransitionTime, reason, message },
  });
}

/** One try of the status failed; `isLast` when no other follows at once. */
export function logStatusNotUpdated(draft: Draft, error: EffectError, isLast: boolean): void {
  const { nodeName } = draft.state.node;
  const cause = requestError('Get', `/api/v1/nodes/${nodeName}`, error);
  const text = `error getting node ${goQuote(nodeName)}: ${cause}`;
  logError(draft, NODE_STATUS, text, 'Error updating node status, will retry');
  if (isLast) {
    logError(draft, NODE_STATUS, 'update node status exceeds retry count', 'Unable to update node status');
  }
}

const leasePath = ({ state }: Draft) =>
  `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${state.node.nodeName}`;

/** The lease was neither found nor made; it is tried again after `retryMs`. */
export function logNoLease(draft: Draft, error: EffectError, retryMs: number): void {
  const text = requestError('Get', leasePath(draft), error);
  const interval = formatDuration(retryMs);
  logError(draft, CONTROLLER, text, 'Failed to ensure lease exists, will retry', { interval });
}

/** One renewal failed; `attempts` when so many have failed in a row and no other follows at once. */
export function logLeaseNotRenewed(draft: Draft, error: EffectError, attempts: number | undefined): void {
  logError(draft, CONTROLLER, requestError('Put', leasePath(draft), error), 'Failed to update lease');
  if (attempts === undefined) return;
  const err = `failed ${attempts} attempts to update lease`;
  const message = 'failed to update lease using latest lease, fallback to ensure lease';
  logInfo(draft, 0, CONTROLLER, message, { err });
}
