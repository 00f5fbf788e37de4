/** What a pod worker logs of a sync that failed (pkg/kubelet/pod_workers.go podWorkerLoop). */
import type { Pod } from '../../api/types.ts';
import { goQuote } from '../../lib/klog.ts';
import type { Draft } from '../draft.ts';
import { logError, podKeys } from '../log/log.ts';
import type { SyncError } from './worker-state.ts';

/** Every error of the sync in one line, as `utilerrors.NewAggregate` prints them; none: no line. */
export function logSyncErrors(draft: Draft, pod: Pod, errors: readonly SyncError[]): void {
  const texts = errors.map(errorText);
  const [first] = texts;
  if (first === undefined) return;
  const error = texts.length === 1 ? first : `[${texts.join(', ')}]`;
  logError(draft, 'pod_workers.go', error, 'Error syncing pod, skipping', podKeys(pod));
}

/** kubecontainer.PodSyncResult Error. */
function errorText({ action, target = '', reason, message }: SyncError): string {
  if (action === undefined) return message;
  return `failed to ${goQuote(action)} for ${goQuote(target)} with ${reason}: ${goQuote(message)}`;
}
