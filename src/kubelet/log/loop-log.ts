/** What the sync loop logs of what comes into it (pkg/kubelet/kubelet.go syncLoop, syncLoopIteration). */
import type { Pod } from '../../api/types.ts';
import type { KubeletEvent } from '../../machines/events.ts';
import type { Draft } from '../draft.ts';
import type { PlegEvent } from '../pleg/diff.ts';
import { kObj, logInfo } from './log.ts';

const FILE = 'kubelet.go';

/** The line of an event from a config source; what comes otherwise is logged where it is handled. */
export function logEvent(draft: Draft, event: KubeletEvent): void {
  switch (event.type) {
    case 'PodAdded':
      logPods(draft, 'SyncLoop ADD', event);
      return;
    case 'PodUpdated':
      logPods(
        draft,
        event.pod.metadata.deletionTimestamp === undefined ? 'SyncLoop UPDATE' : 'SyncLoop DELETE',
        event,
      );
      return;
    case 'PodRemoved':
      logPods(draft, 'SyncLoop REMOVE', event);
      return;
    default:
  }
}

function logPods(draft: Draft, message: string, { source, pod }: { source: string; pod: Pod }): void {
  logInfo(draft, 2, FILE, message, { source, pods: [kObj(pod)] });
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
