/** How a pod is turned away whose CPUs cannot be given. */
import { type Rejection, UNEXPECTED } from '../admission/failure.ts';
import type { CpuRefusal } from './static-policy.ts';

/** pkg/kubelet/cm/admission/errors.go GetPodAdmitResult: an alignment error has a reason of its own. */
export function allocationRejection({ error, smtAlignment }: CpuRefusal): Rejection {
  return smtAlignment ? { reason: 'SMTAlignmentError', message: error } : UNEXPECTED.allocate(error);
}
