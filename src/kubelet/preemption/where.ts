/** Where the real kubelet makes room for critical pods. */
import type { Where } from '../../machines/trace.ts';

export const PREEMPTION_WHERE = {
  evictPods: { file: 'pkg/kubelet/preemption/preemption.go', function: 'evictPodsToFreeRequests' },
  handleFailure: { file: 'pkg/kubelet/preemption/preemption.go', function: 'HandleAdmissionFailure' },
} as const satisfies Record<string, Where>;
