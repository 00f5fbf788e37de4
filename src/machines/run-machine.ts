/**
 * Runs the machines: the one caller of XState's transition functions. A snapshot goes in as plain data, an
 * event moves it, and what comes out is plain data again: the new snapshot and the effects it asks for.
 * A state's `after` becomes `startTimer`, leaving the state becomes `cancelTimer`.
 */
import {
  type ActorScope,
  type AnyActorLogic,
  type AnyMachineSnapshot,
  createActor,
  type EventObject,
} from 'xstate';
import { invariant, present } from '../lib/assert.ts';
import { containerMachine } from './container.ts';
import type { EffectBody } from './effects.ts';
import { imagePullMachine } from './image-pull.ts';
import { nodeConditionMachine } from './node-condition.ts';
import { podMachine } from './pod.ts';
import { podWorkerMachine } from './pod-worker.ts';
import { probeMachine } from './probe.ts';
import { sandboxMachine } from './sandbox.ts';
import { storedImageMachine } from './stored-image.ts';
import { isVerb } from './verbs.ts';
import { volumeMachine } from './volume.ts';

/** Every machine by its name. */
export const machines = {
  pod: podMachine,
  podWorker: podWorkerMachine,
  sandbox: sandboxMachine,
  container: containerMachine,
  imagePull: imagePullMachine,
  storedImage: storedImageMachine,
  volume: volumeMachine,
  probe: probeMachine,
  nodeCondition: nodeConditionMachine,
} as const;

export type MachineName = keyof typeof machines;
export type EventOf<Name extends MachineName> = Parameters<(typeof machines)[Name]['transition']>[1];
export type ContextOf<Name extends MachineName> = ReturnType<
  (typeof machines)[Name]['transition']
>['context'];

/** Where a machine stands, as plain data. */
export interface MachineSnapshot<Name extends MachineName = MachineName> {
  readonly machine: Name;
  /** The state's path with dots: `waiting.CrashLoopBackOff`. */
  readonly state: string;
  readonly context: ContextOf<Name>;
}

/** What a transition gave: the new snapshot, and the effects it asks for, without their ids. */
export interface Moved<Name extends MachineName = MachineName> {
  readonly snapshot: MachineSnapshot<Name>;
  readonly effects: readonly EffectBody[];
}

/** Separates a machine's key from the delayed event in the ids of the timers that machines start. */
const TIMER_MARK = '#';

interface ExecutedAction {
  readonly type: string;
  readonly params?: unknown;
}

/** One actor scope for all transitions of a machine: making one costs more than the transition itself. */
interface Scope {
  readonly scope: ActorScope<AnyMachineSnapshot, EventObject>;
  readonly executed: ExecutedAction[];
}
const scopes = new Map<MachineName, Scope>();
const resolved = new WeakMap<MachineSnapshot, AnyMachineSnapshot>();

function scopeOf(name: MachineName): Scope {
  const known = scopes.get(name);
  if (known !== undefined) return known;
  const executed: ExecutedAction[] = [];
  const self = createActor(machines[name] as AnyActorLogic);
  const scope = {
    self,
    defer: () => {},
    emit: () => {},
    id: name,
    logger: () => {},
    sessionId: '',
    stopChild: () => {},
    system: self.system,
    actionExecutor: (action: ExecutedAction) => {
      executed.push(action);
    },
  } as unknown as ActorScope<AnyMachineSnapshot, EventObject>;
  const made = { scope, executed };
  scopes.set(name, made);
  return made;
}

/** The path of the one lit leaf: these machines have no parallel states. */
function dotted(value: unknown): string {
  if (typeof value === 'string') return value;
  const states = value as Readonly<Record<string, unknown>>;
  const [state] = Object.keys(states);
  invariant(state !== undefined, 'a machine is always in a state');
  return `${state}.${dotted(states[state])}`;
}

function nested(path: readonly string[]): string | Record<string, unknown> {
  const [head, ...rest] = path;
  invariant(head !== undefined, 'a state has a name');
  return rest.length === 0 ? head : { [head]: nested(rest) };
}

function resolve(snapshot: MachineSnapshot): AnyMachineSnapshot {
  const known = resolved.get(snapshot);
  if (known !== undefined) return known;
  const made = (machines[snapshot.machine] as (typeof machines)['container']).resolveState({
    value: nested(snapshot.state.split('.')) as never,
    context: snapshot.context as ContextOf<'container'>,
  });
  resolved.set(snapshot, made);
  return made;
}

function plain<Name extends MachineName>(machine: Name, snapshot: AnyMachineSnapshot): MachineSnapshot<Name> {
  const made = { machine, state: dotted(snapshot.value), context: snapshot.context } as MachineSnapshot<Name>;
  resolved.set(made, snapshot);
  return made;
}

/** A transition as XState gives it: where it leads, and what would be executed on the way. */
interface Transition {
  readonly snapshot: MachineSnapshot;
  readonly executed: readonly ExecutedAction[];
}

/** Undefined when the state forbids the event. */
function transition(snapshot: MachineSnapshot, event: EventObject): Transition | undefined {
  const from = resolve(snapshot);
  if (!from.can(event)) return undefined;
  const { scope, executed } = scopeOf(snapshot.machine);
  executed.length = 0;
  const machine = machines[snapshot.machine] as (typeof machines)['container'];
  const to = machine.transition(from as never, event as never, scope as never);
  return { snapshot: plain(snapshot.machine, to), executed: [...executed] };
}

/** By machine, state and what decides in the event: the transitions of machines that remember nothing else. */
const fixed = new Map<string, Transition | undefined>();

/** The same as `transition`, which is asked only once for what is always the same. */
function fixedTransition(snapshot: MachineSnapshot, event: EventObject): Transition | undefined {
  const decides = Object.keys(snapshot.context).length === 0 ? decidingIn(event) : undefined;
  if (decides === undefined) return transition(snapshot, event);
  const name = `${snapshot.machine} ${snapshot.state} ${decides}`;
  const known = fixed.get(name);
  if (known !== undefined || fixed.has(name)) return known;
  const found = transition(snapshot, event);
  fixed.set(name, found);
  return found;
}

/**
 * The event's type and its answers to yes-or-no questions. Its `requeueMs` says when a delay ends, and nothing else;
 * undefined for an event that carries more.
 */
function decidingIn(event: EventObject): string | undefined {
  let name = event.type;
  for (const [key, value] of Object.entries<unknown>(event)) {
    if (value === true) name += ` ${key}`;
    else if (value !== false && key !== 'type' && key !== 'requeueMs') return undefined;
  }
  return name;
}

/**
 * Turns what XState would have executed into effects; `key` names the machine in its timers' ids, and `requeueMs`
 * is how long a delay takes that the event itself names.
 */
function effectsOf(executed: readonly ExecutedAction[], key: string, requeueMs?: number): EffectBody[] {
  const effects: EffectBody[] = [];
  for (const { type, params } of executed) {
    if (type === 'xstate.raise') {
      const { id, delay } = params as { id?: string; delay?: number };
      if (delay !== undefined) {
        const timerId = `${key}${TIMER_MARK}${id}`;
        effects.push({ type: 'startTimer', timerId, delayMs: requeueMs ?? delay });
      }
    } else if (type === 'xstate.cancel') {
      const id = typeof params === 'string' ? params : (params as { sendId: string }).sendId;
      effects.push({ type: 'cancelTimer', timerId: `${key}${TIMER_MARK}${id}` });
    } else if (isVerb(type)) {
      effects.push({ type, ...(params as object) } as EffectBody);
    }
  }
  return effects;
}

const initial = new Map<MachineName, MachineSnapshot>();

/** A machine in its initial state. */
export function startMachine<Name extends MachineName>(name: Name): MachineSnapshot<Name> {
  const known = initial.get(name) ?? firstSnapshot(name);
  initial.set(name, known);
  return known as MachineSnapshot<Name>;
}

function firstSnapshot<Name extends MachineName>(name: Name): MachineSnapshot<Name> {
  const { scope, executed } = scopeOf(name);
  const snapshot = (machines[name] as (typeof machines)['container']).getInitialSnapshot(scope as never);
  executed.length = 0;
  return plain(name, snapshot);
}

/** Whether the event means anything in this state; a forbidden event does not. */
export function accepts<Name extends MachineName>(
  snapshot: MachineSnapshot<Name>,
  event: EventOf<Name>,
): boolean {
  return resolve(snapshot).can(event as EventObject);
}

/**
 * Moves a machine by one event. Nothing is executed.
 * @param key the machine's key in the flat map, for example `container/<uid>/web`; it names the timers.
 * @throws InvariantViolation when the state forbids the event: ask `accepts` where that is expected.
 */
export function send<Name extends MachineName>(
  snapshot: MachineSnapshot<Name>,
  event: EventOf<Name>,
  key: string,
): Moved<Name> {
  return present(
    sendIf(snapshot, event, key),
    `${snapshot.machine} ${key} must accept ${event.type} in ${snapshot.state}`,
  );
}

/** Moves a machine by one event; undefined when the state forbids the event. */
export function sendIf<Name extends MachineName>(
  snapshot: MachineSnapshot<Name>,
  event: EventOf<Name>,
  key: string,
): Moved<Name> | undefined {
  const to = fixedTransition(snapshot, event as EventObject);
  if (to === undefined) return undefined;
  const requeueMs = 'requeueMs' in event ? event.requeueMs : undefined;
  return { snapshot: to.snapshot as MachineSnapshot<Name>, effects: effectsOf(to.executed, key, requeueMs) };
}

/** The key and the delayed event that a machine's timer stands for; undefined for other timers. */
export function delayedEvent(timerId: string): { key: string; event: EventObject } | undefined {
  const mark = timerId.indexOf(TIMER_MARK);
  if (mark < 0) return undefined;
  return { key: timerId.slice(0, mark), event: { type: timerId.slice(mark + 1) } };
}
