/**
 * A turn under way: the state as it becomes, the effects asked for and the trace told so far. Every part
 * of the kubelet writes through these few functions; a draft never leaves its turn.
 */
import type { ObjectReference, Pod } from '../api/types.ts';
import { present } from '../lib/assert.ts';
import type { Stage } from '../lib/stage.ts';
import type { Effect, EffectBody, EffectId, Owner } from '../machines/effects.ts';
import {
  type EventOf,
  type MachineName,
  type MachineSnapshot,
  sendIf,
  startMachine,
} from '../machines/run-machine.ts';
import type { TraceEntry, Where } from '../machines/trace.ts';
import type { WhyKey } from '../messages/why.ts';
import { effectText } from './effect-text.ts';
import type { KubeletState, PodMachines } from './state.ts';

export interface Draft {
  state: KubeletState;
  readonly effects: Effect[];
  readonly trace: TraceEntry[];
  /** The pods whose machines or workers this turn has changed: what the invariants look at. */
  readonly touched: Set<string>;
  /** This turn's own copies of the machines that have moved: made once a turn, not once a move. */
  own?: {
    readonly all: Record<string, PodMachines>;
    readonly pods: Map<string, Record<string, MachineSnapshot>>;
  };
}

/** A machine's place: its key in the flat map, and what it is about. */
export interface MachineRef<Name extends MachineName = MachineName> extends Owner {
  readonly machine: Name;
}

/** How a step is told: its stage, its reason, and where the real kubelet does it. */
export interface Say {
  readonly stage: Stage;
  readonly why: WhyKey;
  readonly values?: Readonly<Record<string, string | number>>;
  readonly where: Where;
}

/** Changes slices of the state. */
export function update(draft: Draft, slices: Partial<KubeletState>): void {
  draft.state = { ...draft.state, ...slices };
}

/** The pod as a step names it, or one container of it. */
export function referenceOf(pod: Pod, container?: string): ObjectReference {
  const { namespace, name, uid } = pod.metadata;
  const reference: ObjectReference = { kind: 'Pod', namespace, name, uid };
  return container === undefined ? reference : { ...reference, container };
}

/** Who waits for what concerns the node alone; `key` says which part of the kubelet. */
export function nodeOwner({ node }: KubeletState, key: string): Owner {
  const object: ObjectReference = { kind: 'Node', name: node.nodeName, uid: '' };
  return { podUid: '', key, object };
}

/** The machines whose keys begin with another word than their name. */
const PREFIXES: Partial<Record<MachineName, string>> = { podWorker: 'worker', imagePull: 'image' };

/** The place of a pod's own machines, and of those of its containers, volumes and probes. */
export function refOf<Name extends MachineName>(
  machine: Name,
  pod: Pod,
  part?: { readonly name: string; readonly kind?: string },
): MachineRef<Name> {
  const { uid } = pod.metadata;
  const isContainer = machine === 'container' || machine === 'imagePull' || machine === 'probe';
  let key = `${PREFIXES[machine] ?? machine}/${uid}`;
  if (part !== undefined) key += `/${part.name}`;
  if (machine === 'probe') key += `/${part?.kind}`;
  return { machine, podUid: uid, key, object: referenceOf(pod, isContainer ? part?.name : undefined) };
}

/** Asks the world for something; the outcome carries the id that comes back. */
export function emit(draft: Draft, owner: Owner, body: EffectBody): EffectId {
  const { podUid, key, object } = owner;
  const id = draft.state.nextEffectId;
  draft.effects.push({ ...body, id, owner: { podUid, key, object } });
  update(draft, { nextEffectId: id + 1 });
  return id;
}

/** Tells a decision that moved no machine; `part` is a part of the kubelet such as `pleg`. */
export function note(
  draft: Draft,
  part: string,
  object: ObjectReference,
  event: string,
  at: string,
  say: Say,
  effects: readonly string[] = [],
): void {
  const { stage, why, values, where } = say;
  const told = { key: why, ...(values === undefined ? {} : { values }) };
  draft.trace.push({ stage, object, machine: part, from: at, to: at, event, effects, why: told, where });
}

/** The pod's machines as this turn may write them. */
function ownMachines(draft: Draft, podUid: string): Record<string, MachineSnapshot> {
  // Not a spread, for the reason of `withEntry`.
  draft.own ??= { all: Object.assign({}, draft.state.machines), pods: new Map() };
  if (draft.state.machines !== draft.own.all) update(draft, { machines: draft.own.all });
  const known = draft.own.pods.get(podUid);
  if (known !== undefined) return known;
  const copied = { ...draft.own.all[podUid] };
  draft.own.pods.set(podUid, copied);
  draft.own.all[podUid] = copied;
  return copied;
}

/** Where a worker stands that has nothing to do. */
const IDLE = 'syncing.idle';

/** Keeps the list of busy workers as their machines are: nobody has to look at all of them each second. */
function noteWorker(draft: Draft, podUid: string, { machine, state }: MachineSnapshot): void {
  if (machine !== 'podWorker') return;
  const { busyWorkers } = draft.state;
  const wasBusy = busyWorkers.includes(podUid);
  if (wasBusy && state === IDLE) update(draft, { busyWorkers: busyWorkers.filter((uid) => uid !== podUid) });
  if (!wasBusy && state !== IDLE) update(draft, { busyWorkers: [...busyWorkers, podUid] });
}

/** Forgets one machine: it begins anew. */
export function forgetMachine(draft: Draft, { podUid, key }: Owner): void {
  const known = draft.state.machines[podUid]?.[key];
  if (known === undefined) return;
  noteWorker(draft, podUid, startMachine(known.machine));
  const machines = ownMachines(draft, podUid);
  delete machines[key];
  if (Object.keys(machines).length === 0) forgetMachines(draft, podUid);
}

/** Forgets a pod's machines. */
export function forgetMachines(draft: Draft, podUid: string): void {
  if (draft.state.machines[podUid] === undefined) return;
  noteWorker(draft, podUid, startMachine('podWorker'));
  ownMachines(draft, podUid);
  draft.own?.pods.delete(podUid);
  delete draft.own?.all[podUid];
}

/** Where a machine stands; one that was never moved stands in its initial state. */
export function snapshotOf<Name extends MachineName>(
  draft: Draft,
  ref: MachineRef<Name>,
): MachineSnapshot<Name> {
  const known = draft.state.machines[ref.podUid]?.[ref.key];
  return known === undefined ? startMachine(ref.machine) : (known as MachineSnapshot<Name>);
}

/** The name of the state that the machine is in. */
export function stateOf(draft: Draft, ref: MachineRef): string {
  return snapshotOf(draft, ref).state;
}

/** Moves a machine, tells it, and returns the ids of the effects that an outcome will come back for. */
export function move<Name extends MachineName>(
  draft: Draft,
  ref: MachineRef<Name>,
  event: EventOf<Name>,
  say: Say,
): readonly EffectId[] {
  const { state } = snapshotOf(draft, ref);
  return present(
    moveIf(draft, ref, event, say),
    `${ref.machine} ${ref.key} accepts ${event.type} in ${state}`,
  );
}

/** Moves a machine if its state allows the event; undefined when it does not. */
export function moveIf<Name extends MachineName>(
  draft: Draft,
  ref: MachineRef<Name>,
  event: EventOf<Name>,
  say: Say,
): readonly EffectId[] | undefined {
  const before = snapshotOf(draft, ref);
  const moved = sendIf(before, event, ref.key);
  if (moved === undefined) return undefined;
  const { snapshot, effects } = moved;
  ownMachines(draft, ref.podUid)[ref.key] = snapshot;
  noteWorker(draft, ref.podUid, snapshot);
  draft.touched.add(ref.podUid);
  const ids: EffectId[] = [];
  for (const body of effects) {
    const id = emit(draft, ref, body);
    if (body.type !== 'startTimer' && body.type !== 'cancelTimer') ids.push(id);
  }
  const { stage, why, values, where } = say;
  draft.trace.push({
    stage,
    object: ref.object,
    machine: ref.machine,
    key: ref.key,
    from: before.state,
    to: snapshot.state,
    // XState names a delay's end in its own way; here it is the timer that fired.
    event: event.type.startsWith('xstate.after.') ? 'TimerFired' : event.type,
    effects: effects
      .filter(({ type }) => type !== 'cancelTimer')
      .map((body) => effectText(body, ref.object.container)),
    why: { key: why, ...(values === undefined ? {} : { values }) },
    where,
  });
  return ids;
}
