/** What came of a probe: the container's flags follow its result, and the pod is synced. */
import type { Pod } from '../api/types.ts';
import { type Draft, moveIf, refOf, type Say } from './draft.ts';
import { logProbeSync } from './log/loop-log.ts';
import { broughtBack, type Outcome } from './outcome.ts';
import { updatePod } from './pod-worker/worker.ts';
import { type ProbeChange, probeReturned } from './prober/prober-manager.ts';
import { hold, isGateShut } from './runtime-state/sync-gate.ts';
import { setContainerFlag } from './status/status-manager.ts';
import { WHERE } from './where.ts';

/** The probe was answered, or could not be run. */
export function probeAnswered(draft: Draft, pod: Pod, event: Outcome): void {
  const key = event.owner.key.slice('probe/'.length);
  const change = probeReturned(draft, pod, key, event.effectId, broughtBack(event));
  if (change !== undefined) resultChanged(draft, pod, change);
}

/** kubelet.go syncLoopIteration, the three channels of probe results. */
export function resultChanged(draft: Draft, pod: Pod, change: ProbeChange): void {
  const { kind, container, containerId, result } = change;
  const { uid } = pod.metadata;
  if (isGateShut(draft)) {
    hold(draft, { type: 'probe', podUid: uid, change });
    return;
  }
  const values = { container };
  if (kind !== 'liveness' || result === 'failure') logProbeSync(draft, pod, kind, result);
  if (kind === 'startup' && result === 'success') {
    const say: Say = { stage: 'probe', why: 'container.startupSucceeded', values, where: WHERE.syncLoop };
    moveIf(draft, refOf('container', pod, { name: container }), { type: 'StartupSucceeded' }, say);
  }
  if (kind !== 'liveness') setContainerFlag(draft, pod, { kind, containerId, value: result === 'success' });
  if (kind === 'liveness' && result === 'success') return;
  const why = kind === 'readiness' ? 'sync.readiness' : kind === 'startup' ? 'sync.startup' : 'sync.liveness';
  updatePod(draft, uid, { stage: 'probe', why, values: { container, result }, where: WHERE.syncLoop });
}
