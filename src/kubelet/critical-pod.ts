/** Static, mirror and critical pods: who is never refused for want of room (pkg/kubelet/types/pod_update.go). */
import type { Pod } from '../api/types.ts';

/** Which source the pod came from: `api`, `file`, `http`. */
export const CONFIG_SOURCE = 'kubernetes.io/config.source';
/** On the mirror that the API server shows of a static pod: the hash of the static pod's manifest. */
export const CONFIG_MIRROR = 'kubernetes.io/config.mirror';

/** scheduling.SystemCriticalPriority: twice the highest priority that a user may give. */
export const SYSTEM_CRITICAL_PRIORITY = 2_000_000_000;

/** From a file or a URL of the node itself, not from the API server (IsStaticPod). */
export function isStaticPod({ metadata }: Pick<Pod, 'metadata'>): boolean {
  const source = metadata.annotations?.[CONFIG_SOURCE];
  return source !== undefined && source !== 'api';
}

/** What the API server shows of a static pod (IsMirrorPod). */
export function isMirrorPod({ metadata }: Pick<Pod, 'metadata'>): boolean {
  return metadata.annotations?.[CONFIG_MIRROR] !== undefined;
}

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
