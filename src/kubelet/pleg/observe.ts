/** Moves sandbox and container machines to what PLEG saw: success is observed, never taken for granted. */
import type { Pod } from '../../api/types.ts';
import { type Draft, moveIf, refOf, snapshotOf } from '../draft.ts';
import { findContainer } from '../pod-spec.ts';
import { wasStarted } from '../probes/readiness.ts';
import { apiContainerID } from '../status/container-status.ts';
import { WHERE } from '../where.ts';
import type { PlegEvent } from './diff.ts';

const where = WHERE.relist;

/** One change of one record, told to the machine that it concerns. */
export function observe(draft: Draft, pod: Pod, event: PlegEvent): void {
  if (event.kind === 'sandbox') observeSandbox(draft, pod, event);
  else observeContainer(draft, pod, event);
}

function observeSandbox(draft: Draft, pod: Pod, { type, id }: PlegEvent): void {
  const ref = refOf('sandbox', pod);
  const { state, context } = snapshotOf(draft, ref);
  const { sandboxId } = context;
  // The call that made it failed, or its answer was lost; it is there all the same.
  if (type === 'ContainerStarted' && state === 'absent') {
    const say = { stage: 'sandbox', why: 'sandbox.seenReady', where } as const;
    moveIf(draft, ref, { type: 'SandboxStarted', sandboxId: id }, say);
    const initContainers = (pod.spec.initContainers ?? []).length > 0;
    moveIf(draft, refOf('pod', pod), { type: 'SandboxReady', initContainers }, say);
  }
  if (sandboxId !== id) return;
  if (type === 'ContainerDied') {
    moveIf(draft, ref, { type: 'SandboxDied' }, { stage: 'sandbox', why: 'sandbox.died', where });
  }
  if (type === 'ContainerRemoved') {
    moveIf(draft, ref, { type: 'SandboxRemoved' }, { stage: 'gc', why: 'sandbox.removed', where });
  }
}

function observeContainer(draft: Draft, pod: Pod, { type, id, name, podUid }: PlegEvent): void {
  const container = findContainer(pod, name);
  if (container === undefined) return;
  const ref = refOf('container', pod, { name });
  const { state, context } = snapshotOf(draft, ref);
  // A successor is being made: what PLEG tells now is news of the one before it.
  if (state === 'creating') return;
  const { containerId } = context;
  const status = draft.state.pleg.cache[podUid]?.containers.find((candidate) => candidate.id === id);
  const values = { container: name };
  if (type === 'ContainerStarted' && (containerId === '' || containerId === id)) {
    const { statuses, node } = draft.state;
    const before = statuses[podUid]?.status ?? pod.status;
    const started = wasStarted(before, name, apiContainerID(node.runtimeName, id));
    const startupPending = container.startupProbe !== undefined && !started;
    const say = { stage: 'start', why: 'container.seenRunning', values, where } as const;
    moveIf(draft, ref, { type: 'ContainerStarted', containerId: id, startupPending }, say);
  }
  if (type === 'ContainerDied' && status !== undefined && (containerId === '' || containerId === id)) {
    const { exitCode, reason } = status;
    const say = {
      stage: 'start',
      why: reason === 'OOMKilled' ? 'container.oomKilled' : 'container.died',
      values: { ...values, exitCode, reason },
      where,
    } as const;
    moveIf(draft, ref, { type: 'ContainerDied', containerId: id, exitCode, reason }, say);
  }
  if (type === 'ContainerRemoved' && containerId === id) {
    const say = { stage: 'gc', why: 'container.vanished', values, where } as const;
    moveIf(draft, ref, { type: 'ContainerRemoved', containerId: id }, say);
  }
}

/**
 * What the records say although no change between two relists told it: a container that runs, for a call's
 * error was no proof that it had no effect, a sandbox that was ready only between two relists, and whatever
 * an earlier kubelet left running.
 */
export function observeRecords(draft: Draft, pod: Pod): void {
  const { uid: podUid } = pod.metadata;
  const { sandboxId } = snapshotOf(draft, refOf('sandbox', pod)).context;
  const own = draft.state.pleg.cache[podUid]?.sandboxes.find(({ id }) => id === sandboxId);
  if (own?.state === 'SANDBOX_NOTREADY') {
    const say = { stage: 'sandbox', why: 'sandbox.died', where } as const;
    moveIf(draft, refOf('sandbox', pod), { type: 'SandboxDied' }, say);
  }
  const [newest] = draft.state.pleg.cache[podUid]?.sandboxes ?? [];
  if (newest?.state === 'SANDBOX_READY') {
    const { id, metadata } = newest;
    const event = { type: 'ContainerStarted', podUid, kind: 'sandbox', id, name: metadata.name } as const;
    observeSandbox(draft, pod, { ...event, before: 'unknown', now: 'running' });
  }
  const seen = new Set<string>();
  for (const { id, state, metadata } of draft.state.pleg.cache[podUid]?.containers ?? []) {
    const { name } = metadata;
    if (seen.has(name)) continue;
    seen.add(name);
    if (state !== 'CONTAINER_RUNNING') continue;
    const event = { type: 'ContainerStarted', podUid, kind: 'container', id, name } as const;
    observeContainer(draft, pod, { ...event, before: 'unknown', now: 'running' });
  }
}
