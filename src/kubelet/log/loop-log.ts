/** What the sync loop logs of what comes into it (pkg/kubelet/kubelet.go syncLoop, syncLoopIteration). */
import type { Pod } from '../../api/types.ts';
import type { PodOperation } from '../config-sources/merge.ts';
import type { Draft } from '../draft.ts';
import type { PlegEvent } from '../pleg/diff.ts';
import { configAnnotation } from '../pod-manager/pod-kinds.ts';
import { kObj, logInfo } from './log.ts';

const FILE = 'kubelet.go';

/** A config source has something to say of a pod. */
export function logOperation(draft: Draft, { op, pod }: PodOperation): void {
  const source = configAnnotation(pod, 'source') ?? '';
  logInfo(draft, op === 'RECONCILE' ? 4 : 2, FILE, `SyncLoop ${op}`, { source, pods: [kObj(pod)] });
}

/** All parts are there: the loop begins. */
export function logLoopStarts(draft: Draft): void {
  logInfo(draft, 0, FILE, 'Starting kubelet main sync loop');
}

/** PLEG saw a change of a pod that the kubelet knows. */
export function logPlegEvent(draft: Draft, pod: Pod, { podUid, type, id }: PlegEvent): void {
  const event = { ID: podUid, Type: type, Data: id };
  logInfo(draft, 2, FILE, 'SyncLoop (PLEG): event for pod', { pod: kObj(pod), event });
}

/** The pods whose work is due at this tick. */
export function logSyncTick(draft: Draft, pods: readonly Pod[]): void {
  if (pods.length === 0) return;
  logInfo(draft, 4, FILE, 'SyncLoop (SYNC) pods', { total: pods.length, pods: pods.map(kObj) });
}

const PROBE_STATUS = {
  liveness: { success: '', failure: 'unhealthy' },
  readiness: { success: 'ready', failure: 'not ready' },
  startup: { success: 'started', failure: 'unhealthy' },
} as const;

/** A probe's result changed, and the pod is synced for it (handleProbeSync). */
export function logProbeSync(
  draft: Draft,
  pod: Pod,
  probe: keyof typeof PROBE_STATUS,
  result: 'success' | 'failure',
): void {
  const status = PROBE_STATUS[probe][result];
  logInfo(draft, 1, FILE, 'SyncLoop (probe)', { probe, status, pod: kObj(pod) });
}
