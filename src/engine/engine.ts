/** The loop: one queue ordered by (time, sequence), one event a step, the core's effects sent out after it. */
import type { KubeObject, Pod } from '../api/types.ts';
import type { NodeFacts } from '../cluster/node.ts';
import { invariant } from '../lib/assert.ts';
import { TimedQueue } from '../lib/timed-queue.ts';
import type { Effect } from '../machines/effects.ts';
import type { KubeletEvent, KubeletEventBody } from '../machines/events.ts';
import type { LogLine, Runtime, RuntimeEvent } from '../runtime/port.ts';
import { CALL_LIMIT_MS, watchedRuntime } from './calls.ts';
import type { Clock } from './clock.ts';
import type { KubeletCore } from './core.ts';
import { Journal } from './journal.ts';
import { LogBook } from './log-book.ts';
import type { NodeFiles } from './node-files.ts';
import { Objects } from './objects.ts';
import { Outbox } from './outbox.ts';
import type { World } from './perform.ts';
import type { ClockKind, Engine, EngineListener, PendingTimer, RunEnd, RunLimits, Step } from './types.ts';

export interface EngineParts<KubeletState> {
  readonly runtime: Runtime;
  readonly kubelet: KubeletCore<KubeletState>;
  readonly files: NodeFiles;
  readonly clock: Clock;
  /** What the clock is called; a virtual runtime's wall clock is paced at 1. */
  readonly clockKind: ClockKind;
  readonly seed: number;
  readonly node: NodeFacts;
}

interface Queued {
  readonly event: KubeletEventBody;
  cancelled: boolean;
}

const MAX_STEPS = 1_000_000;

type NextEvent = Queued | 'limit' | 'idle' | 'aborted';

/** The engine of one run. Its steps are taken one at a time; a second caller waits for the first. */
export class SteppingEngine<KubeletState> implements Engine<KubeletState> {
  readonly runtime: Runtime;
  readonly clock: ClockKind;
  readonly seed: number;
  readonly #parts: EngineParts<KubeletState>;
  readonly #queue = new TimedQueue<Queued>();
  readonly #timers = new Map<string, Queued & { readonly dueAtMs: number }>();
  readonly #outbox: Outbox;
  readonly #objects: Objects;
  readonly #journal = new Journal();
  readonly #logs = new LogBook();
  readonly #listeners = new Set<EngineListener>();
  readonly #world: World;
  readonly #unsubscribe: () => void;
  readonly #startedAtMs: number;
  #state: KubeletState;
  /** Calls begun so far; the runtime is settled when a quiet moment begins none. */
  #calls = 0;
  /** True when something was asked of the runtime, or time went on, since it was last settled. */
  #restless = true;
  /** True while time stands at the end of a span, before what is due there. */
  #short = false;
  #turn: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  #closed = false;

  constructor(parts: EngineParts<KubeletState>) {
    this.#parts = parts;
    this.seed = parts.seed;
    this.clock = parts.clockKind;
    this.#startedAtMs = parts.clock.now();
    this.#state = parts.kubelet.initialState();
    this.#outbox = new Outbox(() => parts.clock.wake());
    this.#objects = new Objects(parts.seed, parts.node, (event) => this.#enqueue(event));
    this.runtime = watchedRuntime(parts.runtime, {
      onCall: () => {
        this.#calls++;
        this.#restless = true;
      },
      limitMs: parts.runtime.virtualTime === null ? CALL_LIMIT_MS : undefined,
    });
    this.#world = {
      runtime: this.runtime,
      files: parts.files,
      now: () => this.now(),
      onPullProgress: (progress) => this.#tell((listener) => listener.onPullProgress?.(progress)),
    };
    this.#unsubscribe = this.runtime.runtimeService.subscribe((event) => this.#hear(event));
  }

  now(): number {
    return this.#parts.clock.now();
  }

  start(): void {
    const { node, seed } = this.#parts;
    this.#objects.registerNode(this.now());
    this.#enqueue({ type: 'KubeletStarted', nodeName: node.name, hostIP: node.hostIP, seed });
  }

  apply(object: KubeObject): KubeObject {
    const change = this.#objects.apply(object, this.now());
    for (const note of change.notes) this.#tell((listener) => listener.onNote?.(note));
    return change.object;
  }

  deletePod(namespace: string, name: string, options: { readonly gracePeriodSeconds?: number } = {}): void {
    this.#objects.delete(namespace, name, this.now(), options.gracePeriodSeconds);
  }

  step(): Promise<Step | undefined> {
    return this.#alone(() => this.#step({}));
  }

  stepVisible(): Promise<Step | undefined> {
    return this.#alone(async () => {
      for (;;) {
        const step = await this.#step({});
        if (step === undefined || !step.quiet) return step;
      }
    });
  }

  run(limits: RunLimits): Promise<RunEnd> {
    return this.#alone(async () => {
      const limitMs = limits.forMs === undefined ? undefined : this.now() + limits.forMs;
      for (let steps = 0; steps < (limits.maxSteps ?? MAX_STEPS); steps++) {
        const next = await this.#next(limitMs, limits.signal);
        if (next === 'limit') return 'time';
        if (next === 'idle' || next === 'aborted') return next;
        const step = this.#handle(next);
        if (limits.until?.(step)) return 'until';
      }
      return 'maxSteps';
    });
  }

  steps(): readonly Step[] {
    return this.#journal.steps();
  }

  kubelet(): KubeletState {
    return this.#state;
  }

  pods(): readonly Pod[] {
    return this.#objects.pods();
  }

  objects(): readonly KubeObject[] {
    return this.#objects.all();
  }

  timers(): readonly PendingTimer[] {
    return [...this.#timers].map(([timerId, { dueAtMs }]) => ({ timerId, dueAtMs }));
  }

  logs(podUid: string, containerName: string): readonly LogLine[] {
    return this.#logs.of(podUid, containerName);
  }

  listen(listener: EngineListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#unsubscribe();
    this.#parts.clock.wake();
    try {
      await this.runtime.close();
    } finally {
      await this.#parts.files.close();
    }
  }

  /** Runs `work` when whoever is stepping now has finished. After a defect nothing runs any more. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(async () => {
      if (this.#failure !== undefined) throw this.#failure.error;
      try {
        return await work();
      } catch (error) {
        this.#failure = { error };
        throw error;
      }
    });
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #step(limits: { readonly signal?: AbortSignal }): Promise<Step | undefined> {
    const next = await this.#next(undefined, limits.signal);
    return typeof next === 'string' ? undefined : this.#handle(next);
  }

  /** Lets time go on to the next event that is due before `limitMs`. */
  async #next(limitMs: number | undefined, signal: AbortSignal | undefined): Promise<NextEvent> {
    const { clock } = this.#parts;
    const onAbort = () => clock.wake();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      if (this.#short && (limitMs === undefined || limitMs > this.now())) await this.#catchUp();
      for (;;) {
        if (signal?.aborted || this.#closed) return 'aborted';
        await this.#settle();
        for (const event of this.#outbox.take()) this.#enqueue(event);
        const due = this.#takeDue(limitMs);
        if (due !== undefined) return due;
        const nextMs = this.#nextInstantMs();
        const pastLimit = limitMs !== undefined && (nextMs === undefined || nextMs >= limitMs);
        if (pastLimit && this.now() >= limitMs) return 'limit';
        if (!pastLimit && nextMs === undefined && this.#outbox.outstanding === 0) return 'idle';
        await (pastLimit ? clock.stopShortOf(limitMs) : clock.goTo(nextMs));
        this.#short = pastLimit;
        this.#restless = true;
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** After a span that ended: now what is due at this very instant wakes. */
  async #catchUp(): Promise<void> {
    this.#short = false;
    this.#restless = true;
    await this.#parts.clock.goTo(this.now());
  }

  #takeDue(limitMs: number | undefined): Queued | undefined {
    this.#dropCancelled();
    const atMs = this.#queue.nextAtMs();
    if (atMs === undefined || atMs > this.now() || (limitMs !== undefined && atMs >= limitMs))
      return undefined;
    return this.#queue.pop()?.item;
  }

  #dropCancelled(): void {
    while (this.#queue.peek()?.cancelled) this.#queue.pop();
  }

  /** When something happens by itself next, in the queue or in the runtime. */
  #nextInstantMs(): number | undefined {
    const queued = this.#queue.nextAtMs();
    const guest = this.runtime.virtualTime?.nextDeadlineMs();
    if (queued === undefined || guest === undefined) return queued ?? guest;
    return Math.min(queued, guest);
  }

  /** In virtual time: waits until all that can come of what was asked so far has come. */
  async #settle(): Promise<void> {
    const time = this.runtime.virtualTime;
    if (time === null || !this.#restless) return;
    let calls: number;
    let outstanding: number;
    do {
      calls = this.#calls;
      outstanding = this.#outbox.outstanding;
      await time.quiesce();
      await this.#outbox.localSettled();
      await new Promise((resolve) => setImmediate(resolve));
    } while (calls !== this.#calls || outstanding !== this.#outbox.outstanding);
    this.#restless = false;
  }

  /** One event in: the core decides, the step is kept, then its effects are sent out. */
  #handle({ event: body }: Queued): Step {
    const atMs = this.now();
    if (body.type === 'TimerFired') this.#timers.delete(body.timerId);
    const event: KubeletEvent = { ...body, atMs };
    const { state, effects, trace, quiet } = this.#parts.kubelet.turn(this.#state, event);
    this.#state = state;
    const elapsedMs = atMs - this.#startedAtMs;
    const step: Step = { seq: this.#journal.nextSeq, atMs, elapsedMs, event, entries: trace, quiet };
    this.#journal.add(step);
    for (const effect of effects) this.#perform(effect);
    this.#tell((listener) => listener.onStep?.(step));
    for (const effect of effects) {
      if (effect.type === 'recordEvent') this.#tell((listener) => listener.onEvent?.(effect.event));
    }
    return step;
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'startTimer':
        this.#startTimer(effect);
        return;
      case 'cancelTimer': {
        const timer = this.#timers.get(effect.timerId);
        if (timer !== undefined) timer.cancelled = true;
        this.#timers.delete(effect.timerId);
        return;
      }
      case 'recordEvent':
        this.#objects.write(effect, this.now());
        return;
      case 'patchPodStatus':
      case 'deletePod': {
        const written = this.#objects.write(effect, this.now());
        const { id: effectId, type: effectType, owner } = effect;
        const named = { effectId, effectType, owner };
        if (written) this.#enqueue({ type: 'EffectSucceeded', ...named, result: { type: 'done' } });
        else {
          const error = { code: 'NotFound', message: `pods "${owner.object.name}" not found` } as const;
          this.#enqueue({ type: 'EffectFailed', ...named, error });
        }
        return;
      }
      default:
        this.#restless = true;
        this.#outbox.send(effect, this.#world);
    }
  }

  /** A timer of the same name replaces the one before. */
  #startTimer({ timerId, delayMs, owner }: Extract<Effect, { type: 'startTimer' }>): void {
    invariant(delayMs >= 0, `timer ${timerId} is to fire in the past (${delayMs} ms)`);
    const before = this.#timers.get(timerId);
    if (before !== undefined) before.cancelled = true;
    const event = { type: 'TimerFired', timerId, owner } as const;
    const dueAtMs = this.now() + delayMs;
    // One object: cancelling it is seen by the queue too.
    this.#timers.set(timerId, Object.assign(this.#enqueue(event, dueAtMs), { dueAtMs }));
  }

  #enqueue(event: KubeletEventBody, atMs = this.now()): Queued {
    const queued: Queued = { event, cancelled: false };
    this.#queue.push(atMs, queued);
    this.#parts.clock.wake();
    return queued;
  }

  #hear(event: RuntimeEvent): void {
    if (event.type !== 'logWritten') {
      this.#outbox.notice(event);
      return;
    }
    const { podUid, containerName, containerId, line } = event;
    this.#logs.add(podUid, containerName, line);
    this.#tell((listener) => listener.onLog?.({ podUid, containerName, containerId, line }));
  }

  /** A listener that fails is a defect like any other: it stops the run, it is not passed over. */
  #tell(say: (listener: EngineListener) => void): void {
    for (const listener of this.#listeners) {
      try {
        say(listener);
      } catch (error) {
        this.#outbox.fail(error);
      }
    }
  }
}
