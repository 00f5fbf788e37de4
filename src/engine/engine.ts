/** The loop: one queue ordered by (time, sequence), one event a step, the core's effects sent out after it. */
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import type { KubeObject, Pod } from '../api/types.ts';
import { type FoundMachine, machineOf } from '../cluster/node.ts';
import type { Effect } from '../machines/effects.ts';
import type { KubeletEvent, KubeletEventBody } from '../machines/events.ts';
import type { LogLine, Runtime, RuntimeEvent } from '../runtime/port.ts';
import { Agenda } from './agenda.ts';
import { Audience } from './audience.ts';
import { watchedRuntime } from './calls.ts';
import { ContainerEventStream } from './container-events.ts';
import { eventLoopTurned } from './event-loop.ts';
import { faultsOf } from './faults.ts';
import { fetchOverNetwork } from './fetch-manifest.ts';
import { Journal } from './journal.ts';
import { KubeletLog } from './kubelet-log.ts';
import { LogBook } from './log-book.ts';
import { isForPeople, runtimeNote } from './network-notes.ts';
import { textIfThere } from './node-files.ts';
import { Objects } from './objects.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { noticeOf, Outbox, outcomeOf } from './outbox.ts';
import type { EngineParts } from './parts.ts';
import type { World } from './perform.ts';
import { earliest, Stillness } from './settle.ts';
import type {
  ClockKind,
  Engine,
  EngineListener,
  Faults,
  PendingTimer,
  RunEnd,
  RunLimits,
  Step,
} from './types.ts';

const MAX_STEPS = 1_000_000;
/** Steps of a run after which whoever would interrupt it is heard. */
const STEPS_IN_A_ROW = 64;

type NextEvent = KubeletEventBody | 'limit' | 'idle' | 'aborted';

/** The engine of one run. Its steps are taken one at a time; a second caller waits for the first. */
export class SteppingEngine<KubeletState> implements Engine<KubeletState> {
  readonly runtime: Runtime;
  readonly clock: ClockKind;
  readonly seed: number;
  readonly machine: FoundMachine | undefined;
  readonly nodeFile = (path: string) => textIfThere(this.#parts.files, path);
  readonly faults: Faults;
  readonly #parts: EngineParts<KubeletState>;
  readonly #agenda = new Agenda();
  readonly #outbox: Outbox;
  readonly #objects: Objects;
  readonly #journal = new Journal();
  readonly #logs = new LogBook();
  readonly #kubeletLog: KubeletLog;
  readonly #audience: Audience;
  readonly #world: World;
  readonly #unsubscribe: () => void;
  readonly #startedAtMs: number;
  #state: KubeletState;
  /** How often the kubelet was started. */
  #lives = 0;
  readonly #stillness = new Stillness();
  /** True while time stands at the end of a span, before what is due there. */
  #short = false;
  readonly #oneAtATime = new OneAtATime();
  #closed = false;

  constructor(parts: EngineParts<KubeletState>) {
    this.#parts = parts;
    this.seed = parts.seed;
    this.clock = parts.clockKind;
    this.machine = parts.machine;
    this.#startedAtMs = parts.clock.now();
    this.#state = parts.kubelet.initialState();
    this.#outbox = new Outbox(() => parts.clock.wake());
    this.#audience = new Audience((error) => this.#outbox.fail(error));
    this.#kubeletLog = new KubeletLog(this.#audience);
    this.#objects = new Objects(parts.objectSeed ?? parts.seed, parts.node, (event) => this.#enqueue(event));
    this.faults = faultsOf(parts.runtime, this.#objects, (event) => {
      if (event !== undefined) this.#enqueue(event);
      this.#stillness.disturb();
    });
    this.runtime = watchedRuntime(parts.runtime, {
      onCall: () => this.#stillness.called(),
      limitMs: parts.runtime.virtualTime === null ? parts.requestTimeoutMs : undefined,
    });
    this.#world = {
      runtime: this.runtime,
      machine: machineOf(parts.node),
      files: parts.files,
      now: () => this.now(),
      onDisk: (work) => this.#outbox.onDisk(work),
      containerEvents: new ContainerEventStream(this.runtime.runtimeService, (notice) =>
        this.#outbox.hear(notice),
      ),
      fetchManifest: parts.fetchManifest ?? fetchOverNetwork,
      onPullProgress: (progress) => this.#audience.tellPull(progress),
    };
    parts.files.onChange((path) => this.#enqueue({ type: 'NodeFileChanged', path }));
    this.#unsubscribe = this.runtime.runtimeService.subscribe((event) => this.#hear(event));
  }

  now(): number {
    return this.#parts.clock.now();
  }

  start(): void {
    this.#objects.begin(this.now());
    this.startKubelet();
  }

  stopKubelet(): void {
    this.#agenda.clear();
    this.#world.containerEvents.close();
    this.#enqueue({ type: 'KubeletStopped' });
  }

  startKubelet(config?: KubeletConfiguration): void {
    const { node } = this.#parts;
    const seed = this.seed + this.#lives++;
    this.#agenda.clear();
    this.#world.containerEvents.close();
    const objects = this.#objects.watched();
    const name = { nodeName: node.name, hostIP: node.hostIP };
    this.#enqueue({ type: 'KubeletStarted', ...name, seed, objects, ...(config && { config }) });
    for (const event of this.#objects.list()) this.#enqueue(event);
  }

  apply(object: KubeObject): KubeObject {
    const change = this.#objects.apply(object, this.now());
    for (const note of change.notes) this.#audience.tell((listener) => listener.onNote?.(note));
    return change.object;
  }

  deletePod(namespace: string, name: string, options: { readonly gracePeriodSeconds?: number } = {}): void {
    this.#objects.delete(namespace, name, this.now(), options.gracePeriodSeconds);
  }

  async editNodeFile(path: string, text: string | undefined): Promise<void> {
    const { files } = this.#parts;
    await (text === undefined ? files.removeFile(path) : files.writeText(path, text));
    this.#enqueue({ type: 'NodeFileChanged', path });
  }

  step(): Promise<Step | undefined> {
    return this.#oneAtATime.run(() => this.#step());
  }

  stepVisible(): Promise<Step | undefined> {
    return this.#oneAtATime.run(async () => {
      for (;;) {
        const step = await this.#step();
        if (step === undefined || !step.quiet) return step;
      }
    });
  }

  run(limits: RunLimits): Promise<RunEnd> {
    return this.#oneAtATime.run(async () => {
      const limitMs = limits.forMs === undefined ? undefined : this.now() + limits.forMs;
      for (let steps = 0; steps < (limits.maxSteps ?? MAX_STEPS); steps++) {
        const next = await this.#next(limitMs, limits.signal);
        if (next === 'limit') return 'time';
        if (next === 'idle' || next === 'aborted') return next;
        const step = this.#handle(next);
        if (limits.until?.(step)) return 'until';
        // Virtual time never waits by itself.
        if (steps % STEPS_IN_A_ROW === STEPS_IN_A_ROW - 1) await eventLoopTurned();
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
    return this.#agenda.timers();
  }

  logs(podUid: string, containerName: string): readonly LogLine[] {
    return this.#logs.of(podUid, containerName);
  }

  kubeletLog(): readonly string[] {
    return this.#kubeletLog.lines();
  }

  listen(listener: EngineListener): () => void {
    return this.#audience.add(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#unsubscribe();
    this.#parts.clock.wake();
    try {
      await this.runtime.close();
    } finally {
      await this.#outbox.localSettled();
      await this.#parts.files.close();
    }
  }

  async #step(): Promise<Step | undefined> {
    const next = await this.#next(undefined, undefined);
    return typeof next === 'string' ? undefined : this.#handle(next);
  }

  /** Lets time go on to the next event that is due before `limitMs`. */
  async #next(limitMs: number | undefined, signal: AbortSignal | undefined): Promise<NextEvent> {
    const { clock } = this.#parts;
    const aborted = Promise.withResolvers<void>();
    const onAbort = () => {
      clock.wake();
      aborted.resolve();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      if (this.#short && (limitMs === undefined || limitMs > this.now())) await this.#catchUp();
      for (;;) {
        if (signal?.aborted || this.#closed) return 'aborted';
        await this.#settle(signal && aborted.promise);
        // Closed meanwhile: what is handled now would write into a directory that is being removed.
        if (signal?.aborted || this.#closed) return 'aborted';
        for (const event of this.#outbox.take()) this.#enqueue(event);
        this.#objects.monitor(this.now());
        if (this.#tellServices()) continue;
        const due = this.#agenda.take(this.now(), limitMs);
        if (due !== undefined) return due;
        const nextMs = earliest(this.#agenda.nextAtMs(), this.runtime.virtualTime?.nextDeadlineMs());
        const pastLimit = limitMs !== undefined && (nextMs === undefined || nextMs >= limitMs);
        if (pastLimit && this.now() >= limitMs) return 'limit';
        if (!pastLimit && nextMs === undefined && this.#outbox.outstanding === 0) return 'idle';
        await (pastLimit ? clock.stopShortOf(limitMs) : clock.goTo(nextMs));
        this.#short = pastLimit;
        this.#stillness.disturb();
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** After a span that ended: now what is due at this very instant wakes. */
  async #catchUp(): Promise<void> {
    this.#short = false;
    this.#stillness.disturb();
    await this.#parts.clock.goTo(this.now());
  }

  /** Tells the runtime's network of the cluster's Services; false when there is nothing new. */
  #tellServices(): boolean {
    const services = this.#objects.newServices();
    if (services === undefined) return false;
    this.#outbox.unasked(this.runtime.network.setServices(services));
    return true;
  }

  /** In virtual time: waits until all that can come of what was asked so far has come, or until it is `aborted`. */
  async #settle(aborted: Promise<void> | undefined): Promise<void> {
    const time = this.runtime.virtualTime;
    if (time !== null) await this.#stillness.reach(time, this.#outbox, aborted);
  }

  /** One event in: the core decides, the step is kept, then its effects are sent out. */
  #handle(body: KubeletEventBody): Step {
    const atMs = this.now();
    const event: KubeletEvent = { ...body, atMs };
    const { state, effects, trace, quiet } = this.#parts.kubelet.turn(this.#state, event);
    this.#state = state;
    const elapsedMs = atMs - this.#startedAtMs;
    const step: Step = { seq: this.#journal.nextSeq, atMs, elapsedMs, event, entries: trace, quiet };
    this.#journal.add(step);
    for (const effect of effects) this.#perform(effect);
    this.#kubeletLog.flush(this.#parts.files, this.#outbox);
    this.#audience.tell((listener) => listener.onStep?.(step));
    for (const effect of effects) {
      if (effect.type === 'recordEvent') this.#audience.tell((listener) => listener.onEvent?.(effect.event));
    }
    return step;
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'startTimer':
        this.#agenda.startTimer(effect, this.now());
        return;
      case 'cancelTimer':
        this.#agenda.cancelTimer(effect.timerId);
        return;
      case 'writeLog':
        this.#kubeletLog.add(effect.record, this.now());
        return;
      case 'recordEvent':
        this.#objects.request(effect, this.now());
        return;
      case 'patchPodStatus':
      case 'deletePod':
      case 'requestToken':
      case 'getObject':
      case 'createObject':
      case 'updateObject':
      case 'deleteObject':
        this.#enqueue(outcomeOf(effect, this.#objects.request(effect, this.now())));
        return;
      default:
        this.#stillness.disturb();
        this.#outbox.send(effect, this.#world);
    }
  }

  #enqueue(event: KubeletEventBody): void {
    this.#agenda.add(event, this.now());
    this.#parts.clock.wake();
  }

  #hear(event: RuntimeEvent): void {
    if (isForPeople(event)) {
      const note = runtimeNote(event, this.pods(), this.clock);
      this.#audience.tell((listener) => listener.onNote?.(note));
      return;
    }
    if (event.type !== 'logWritten') {
      this.#outbox.hear(noticeOf(event));
      return;
    }
    const { podUid, containerName, containerId, line } = event;
    this.#logs.add(podUid, containerName, line);
    this.#audience.tell((listener) => listener.onLog?.({ podUid, containerName, containerId, line }));
  }
}
