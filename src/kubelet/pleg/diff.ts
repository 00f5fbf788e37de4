/** What changed between two relists, in PLEG's words. */
import type { ContainerState } from '../../api/cri.ts';
import type { RuntimePod } from '../runtime-pod.ts';
import type { PlegContainerState } from './pleg-state.ts';

export type PlegRecords = Readonly<Record<string, PlegContainerState>>;

export interface PlegEvent {
  readonly type: 'ContainerStarted' | 'ContainerDied' | 'ContainerRemoved' | 'ContainerChanged';
  readonly podUid: string;
  readonly kind: 'container' | 'sandbox';
  /** The container's or sandbox's id, and the container's or pod's name. */
  readonly id: string;
  readonly name: string;
  readonly before: PlegContainerState;
  readonly now: PlegContainerState;
}

/** generic.go convertState: a created container is of no use to anyone yet. */
function convert(state: ContainerState): PlegContainerState {
  switch (state) {
    case 'CONTAINER_RUNNING':
      return 'running';
    case 'CONTAINER_EXITED':
      return 'exited';
    case 'CONTAINER_CREATED':
    case 'CONTAINER_UNKNOWN':
      return 'unknown';
  }
}

/** The states of a pod's containers and sandboxes, which PLEG does not tell apart. */
export function recordsOf(pod: RuntimePod): PlegRecords {
  const records: Record<string, PlegContainerState> = {};
  for (const { id, state } of pod.sandboxes) records[id] = state === 'SANDBOX_READY' ? 'running' : 'exited';
  for (const { id, state } of pod.containers) records[id] = convert(state);
  return records;
}

/** generic.go generateEvents; a record that is gone gives ContainerDied first, unless it had exited. */
function eventTypes(before: PlegContainerState, now: PlegContainerState): PlegEvent['type'][] {
  if (before === now) return [];
  switch (now) {
    case 'running':
      return ['ContainerStarted'];
    case 'exited':
      return ['ContainerDied'];
    case 'unknown':
      return ['ContainerChanged'];
    case 'non-existent':
      return before === 'exited' ? ['ContainerRemoved'] : ['ContainerDied', 'ContainerRemoved'];
  }
}

/** All events, pods and records in a fixed order. `pods` and `previous` give the names. */
export function diffRecords(
  before: Readonly<Record<string, PlegRecords>>,
  after: Readonly<Record<string, PlegRecords>>,
  pods: ReadonlyMap<string, RuntimePod>,
  previous: Readonly<Record<string, RuntimePod>>,
): PlegEvent[] {
  const events: PlegEvent[] = [];
  for (const podUid of union(before, after)) {
    const old = before[podUid] ?? {};
    const fresh = after[podUid] ?? {};
    for (const id of union(old, fresh)) {
      const was = old[id] ?? 'non-existent';
      const now = fresh[id] ?? 'non-existent';
      const types = eventTypes(was, now);
      if (types.length === 0) continue;
      const named = nameOf(id, pods.get(podUid)) ?? nameOf(id, previous[podUid]);
      const { kind, name } = named ?? { kind: 'container' as const, name: id.slice(0, 12) };
      for (const type of types) events.push({ type, podUid, kind, id, name, before: was, now });
    }
  }
  return events;
}

function union(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}

function nameOf(id: string, pod: RuntimePod | undefined): Pick<PlegEvent, 'kind' | 'name'> | undefined {
  const container = pod?.containers.find((status) => status.id === id);
  if (container !== undefined) return { kind: 'container', name: container.metadata.name };
  const sandbox = pod?.sandboxes.find((status) => status.id === id);
  return sandbox === undefined ? undefined : { kind: 'sandbox', name: sandbox.metadata.name };
}
