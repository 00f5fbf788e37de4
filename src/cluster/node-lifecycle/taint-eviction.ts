/**
 * Which pods have to leave a tainted node, and when: each pod tolerates a NoExecute taint for ever, for a
 * while, or not at all. Follows pkg/controller/tainteviction/taint_eviction.go.
 */
import { type Taint, toleratesTaint } from '../../api/taints.ts';
import type { Toleration } from '../../api/types.ts';
import type { EventText } from '../../kubelet/events/texts.ts';

/**
 * How long a pod may stay with these NoExecute taints, in milliseconds: 0 not at all, Infinity for ever
 * (getMinTolerationTime and processPodOnNode).
 */
export function tolerationMs(tolerations: readonly Toleration[], taints: readonly Taint[]): number {
  let stayMs = Number.POSITIVE_INFINITY;
  for (const taint of taints) {
    const matching = tolerations.find((toleration) => toleratesTaint([toleration], taint));
    if (matching === undefined) return 0;
    const { tolerationSeconds } = matching;
    if (tolerationSeconds !== undefined) stayMs = Math.min(stayMs, Math.max(0, tolerationSeconds) * 1_000);
  }
  return stayMs;
}

/** taint_eviction.go emitPodDeletionEvent. */
export const evictionMarked = (namespace: string, name: string): EventText => ({
  type: 'Normal',
  reason: 'TaintManagerEviction',
  message: `Marking for deletion Pod ${namespace}/${name}`,
});

/** taint_eviction.go emitCancelPodDeletionEvent. */
export const evictionCancelled = (namespace: string, name: string): EventText => ({
  type: 'Normal',
  reason: 'TaintManagerEviction',
  message: `Cancelling deletion of Pod ${namespace}/${name}`,
});

/** pkg/controller/util/node/controller_utils.go MarkPodsNotReady. */
export const podNodeNotReady = (): EventText => ({
  type: 'Warning',
  reason: 'NodeNotReady',
  message: 'Node is not ready',
});
