/** The status of a pod that its node refuses (pkg/kubelet/kubelet.go rejectPod). */
import type { Pod, PodStatus } from '../../api/types.ts';
import { formatTime } from '../../lib/time.ts';
import type { Rejection } from '../admission/failure.ts';
import { computePodQos } from '../qos.ts';

/** Since v1.29 the message begins with these words. */
export function rejectedStatus(
  { metadata, spec }: Pod,
  { reason, message }: Rejection,
  nowMs: number,
): PodStatus {
  return {
    ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
    phase: 'Failed',
    reason,
    message: `Pod was rejected: ${message}`,
    startTime: formatTime(nowMs),
    qosClass: computePodQos(spec),
  };
}
