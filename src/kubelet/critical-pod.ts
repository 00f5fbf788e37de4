/** Critical pods: who is never refused for want of room (pkg/kubelet/types/pod_update.go). */
import type { Pod } from '../api/types.ts';
import { isMirrorPod, isStaticPod } from './pod-manager/pod-kinds.ts';

/** scheduling.SystemCriticalPriority: twice the highest priority that a user may give. */
export const SYSTEM_CRITICAL_PRIORITY = 2_000_000_000;

/** A pod that the node's own work depends on (IsCriticalPod). */
export function isCriticalPod(pod: Pick<Pod, 'metadata' | 'spec'>): boolean {
  return isStaticPod(pod) || isMirrorPod(pod) || (pod.spec.priority ?? 0) >= SYSTEM_CRITICAL_PRIORITY;
}

/** Whether `preemptor` may push `other` off the node (Preemptable). */
export function isPreemptable(preemptor: Pod, other: Pod): boolean {
  if (isCriticalPod(preemptor) && !isCriticalPod(other)) return true;
  const [own, others] = [preemptor.spec.priority, other.spec.priority];
  return own !== undefined && others !== undefined && own > others;
}
