/** What came of stopping a container: kills go on with it. */
import type { ContainerStatus } from '../api/cri.ts';
import type { Pod } from '../api/types.ts';
import type { EffectError, EffectResult } from '../machines/events.ts';
import { type Draft, moveIf, refOf, type Say, snapshotOf, stateOf } from './draft.ts';
import { resumeAfterKills } from './hook-outcomes.ts';
import { stopFailed } from './pod-worker/kill.ts';
import { WHERE } from './where.ts';

/** The runtime answered a stop: the container has ended, is gone, or could not be stopped. */
export function stopReturned(draft: Draft, pod: Pod, name: string, result: EffectResult | EffectError): void {
  // The answer to an earlier stop of a container that has ended meanwhile says nothing new.
  if (!stateOf(draft, refOf('container', pod, { name })).startsWith('terminating')) return;
  if ('code' in result && result.code !== 'NotFound') stopFailed(draft, pod, name, result.message);
  else if ('type' in result && result.type === 'container') containerStopped(draft, pod, name, result.status);
  else containerGone(draft, pod, name);
  resumeAfterKills(draft, pod.metadata.uid);
}

function containerStopped(draft: Draft, pod: Pod, name: string, status: ContainerStatus): void {
  const { id: containerId, exitCode, reason } = status;
  const { state, context } = snapshotOf(draft, refOf('container', pod, { name }));
  // PLEG was faster, and the container has a successor, or is getting one.
  if (state === 'creating' || context.containerId !== containerId) return;
  const say: Say = {
    stage: 'kill',
    why: 'container.stopped',
    values: { container: name, exitCode },
    where: WHERE.killContainer,
  };
  moveIf(
    draft,
    refOf('container', pod, { name }),
    { type: 'ContainerDied', containerId, exitCode, reason },
    say,
  );
}

function containerGone(draft: Draft, pod: Pod, name: string): void {
  const ref = refOf('container', pod, { name });
  const { containerId } = snapshotOf(draft, ref).context;
  const say: Say = {
    stage: 'kill',
    why: 'container.vanished',
    values: { container: name },
    where: WHERE.killContainer,
  };
  moveIf(draft, ref, { type: 'ContainerRemoved', containerId }, say);
}
