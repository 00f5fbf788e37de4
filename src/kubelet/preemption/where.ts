/** Where the real kubelet makes room for critical pods. */
import { at, type Where } from '../../machines/trace.ts';

export const PREEMPTION_WHERE = {
  evictPods: at('pkg/kubelet/preemption/preemption.go', 'evictPodsToFreeRequests'),
  handleFailure: at('pkg/kubelet/preemption/preemption.go', 'HandleAdmissionFailure'),
} as const satisfies Record<string, Where>;
