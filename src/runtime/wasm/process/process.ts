/** One running program: a component instance on the runtime thread, its standard streams, its signals and its end. */
import type { ByteSink, ByteSource } from '../host/bytes.ts';
import { hostImports } from '../host/imports.ts';
import { liftMeter } from '../host/lift.ts';
import { FileError, ProcessEnded } from '../host/result.ts';
import type { CompiledComponent } from '../image.ts';
import { LIFT_IMPORT, PAGE_BYTES } from '../instrument/contract.ts';
import { NO_WORK_NS } from '../scheduler/cpu-shares.ts';
import { FuelMeter, NS_PER_FUEL } from '../scheduler/fuel.ts';
import { Strand } from '../scheduler/strand.ts';
import { WaitQueue } from '../scheduler/wait-queue.ts';
import { type ComponentInstance, type InstantiateCore, loadComponent } from './component.ts';
import type { Container } from './container.ts';
import { aborted, exited, killedBy, OUT_OF_MEMORY, type Outcome, outcomeOfTrap } from './exit.ts';
import { mainOf } from './main.ts';
import { endsProcess, SIGCONT, SIGKILL, stopsProcess } from './signals.ts';
import type { Terminal } from './terminal.ts';

/** Open files, streams, sockets and pollables of one process. */
const RESOURCE_LIMIT = 4096;
/** Each has eight gigabytes of the host's addresses set aside, of which there are some 16,000 times as many. */
const MEMORY_LIMIT = 16;
/** Of one real-time signal. */
const PENDING_SIGNALS_LIMIT = 64;
const FIRST_REAL_TIME_SIGNAL = 32;

export interface Standard {
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
}

/** What a process does with its component. It ends when this does. */
export type Main = (process: Process) => Promise<void>;

export interface ProcessPlan {
  readonly pid: number;
  readonly parent: number;
  readonly component: CompiledComponent;
  /** Left out: what the component is made for. */
  readonly main?: Main;
  readonly arguments: readonly string[];
  readonly environment: readonly (readonly [string, string])[];
  readonly directory: string;
  readonly standard: Standard;
  /** The terminal that it sits at, whatever its standard streams are. */
  readonly terminal: Terminal | undefined;
}

export class Process {
  readonly plan: ProcessPlan;
  readonly container: Container;
  readonly strand: Strand;
  readonly fuel: FuelMeter;
  /** Notified when a signal arrives for a handler. */
  readonly signalled = new WaitQueue();
  /** Notified once the process is gone. */
  readonly gone = new WaitQueue();
  /** Set as soon as it is decided how the process ends. */
  outcome: Outcome | undefined;
  /** True once everything that it held is released. */
  finished = false;
  /** True once it has asked for its signals. */
  handlesSignals = false;
  readonly pendingSignals: number[] = [];
  /** SIGSTOP has come, and no SIGCONT since; a signal that would end it waits as long. */
  #stopped = false;
  #held: number | undefined;
  readonly #continued = new WaitQueue();
  readonly #resources = new Set<() => void>();
  #waitsAfterEnd = 0;
  /** Resolved when the guest will never be resumed. */
  readonly #abandoned = Promise.withResolvers<void>();
  readonly #memories = new Set<WebAssembly.Memory>();
  #pages = 0;
  /** CPU time that its container was charged for. */
  #chargedNs = 0;
  /** Who started it; process 1 once that one is gone, and 0 when it came from outside. */
  parent: number;
  /** Its number outside the container. */
  readonly hostPid: number;

  constructor(container: Container, plan: ProcessPlan) {
    this.plan = plan;
    this.container = container;
    this.parent = plan.parent;
    const { world } = container;
    this.hostPid = world.memory.nextHostPid();
    this.strand = new Strand(
      container.cpu,
      () => this.#live(),
      () => this.#charge(),
    );
    this.fuel = new FuelMeter({
      virtual: world.clock.kind === 'virtual',
      nowNs: () => world.clock.nowNs(),
      sliceStartMs: () => this.strand.sliceStartMs,
      ended: () => this.outcome !== undefined,
      overQuota: (fuel) => fuel * NS_PER_FUEL - this.#chargedNs >= container.cpu.leftNs,
      preempt: (burnt) => this.#preempt(burnt),
      grow: (pages) => this.#grow(pages),
      giveUp: () => this.end(aborted('the guest does not come back from its allocator')),
      pulse: world.pulse,
    });
  }

  /** As the kernel's log names it: the program's file name, cut to 15 bytes. */
  get name(): string {
    return (this.plan.arguments[0]?.split('/').at(-1) ?? '').slice(0, 15);
  }

  get memoryBytes(): number {
    return this.#pages * PAGE_BYTES;
  }

  get pid(): number {
    return this.plan.pid;
  }

  /** CPU time so far; in virtual time it is the fuel's. */
  get cpuNs(): number {
    if (this.container.world.clock.kind === 'virtual') return this.fuel.used * NS_PER_FUEL;
    return this.strand.usedMs * 1_000_000;
  }

  /** Behind the guests that wait for nothing but their turn: a storm of starts does not hold up the others. */
  start(): void {
    this.container.world.scheduler.requeue(this.strand);
  }

  /** Decides how the process ends and unwinds it as soon as it can run; the first outcome stays. */
  end(outcome: Outcome): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.fuel.starve();
    this.container.world.scheduler.hurry(this.strand);
  }

  /** It alone is killed for want of memory, which is free at once, before it has unwound. */
  oomKill(): void {
    this.end(OUT_OF_MEMORY);
    this.#freeMemory();
  }

  /** Sends a signal: to the handler, or the default action. */
  signal(number: number): void {
    if (this.outcome !== undefined || number === 0) return;
    if (stopsProcess(number, this.pid)) {
      this.#stopped = true;
      return;
    }
    if (number === SIGCONT) this.#continue();
    if (this.#stopped && number !== SIGKILL && !this.handlesSignals) {
      this.#held ??= number;
    } else if (number !== SIGKILL && this.handlesSignals) {
      if (this.#isPending(number)) return;
      this.pendingSignals.push(number);
      this.signalled.notify();
    } else if (endsProcess(number, this.pid)) {
      this.end(killedBy(number));
    }
  }

  /** As in signal(7): standard signals wait once, or a flood of one would take the place of all others; real-time ones queue. */
  #isPending(number: number): boolean {
    if (number < FIRST_REAL_TIME_SIGNAL) return this.pendingSignals.includes(number);
    return this.pendingSignals.filter((one) => one === number).length >= PENDING_SIGNALS_LIMIT;
  }

  #continue(): void {
    this.#stopped = false;
    this.#continued.notify();
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.signal(held);
  }

  /** Every call of the host begins here. Throws when the process has ended. */
  hostCall(bytes = 0): void {
    if (this.outcome !== undefined) throw new ProcessEnded();
    this.fuel.hostCall(bytes);
  }

  /** As `hostCall`, for a function that may not throw: jco would never resume the guest. */
  waitingCall(bytes = 0): void {
    if (this.outcome === undefined) this.fuel.hostCall(bytes);
  }

  /** Notes something to release at the end; the return value releases it now. */
  own(release: () => void): () => void {
    if (this.#resources.size >= RESOURCE_LIMIT) throw new FileError('insufficient-memory');
    const once = () => {
      if (this.#resources.delete(once)) release();
    };
    this.#resources.add(once);
    return once;
  }

  /** Gives a resource away: it is not released with this process. */
  disown(release: () => void): void {
    this.#resources.delete(release);
  }

  /**
   * Blocks until one of `queues` is notified or `deadlineNs` has come; may come back early. Comes back at
   * once when the process has ended: then the guest, out of fuel, traps at its next loop or call, which frees
   * its stack (a suspended one is never collected, and jco leaves a rejected `poll` suspended).
   */
  async wait(queues: readonly WaitQueue[], deadlineNs: bigint | undefined): Promise<void> {
    if (this.outcome !== undefined) return this.#goOnToDie();
    await this.#park(queues, deadlineNs);
    await this.#untilMayRun();
  }

  async #park(queues: readonly WaitQueue[], deadlineNs: bigint | undefined): Promise<void> {
    const { scheduler, timers } = this.container.world;
    const wake = () => scheduler.wake(this.strand);
    const leave = queues.map((queue) => queue.add(wake));
    const timer = deadlineNs === undefined ? undefined : timers.add(deadlineNs, wake);
    await this.strand.park();
    for (const quit of leave) quit();
    if (timer !== undefined) timers.cancel(timer);
  }

  /** A guest that waits again and again and never comes to its end is left suspended. */
  async #goOnToDie(): Promise<void> {
    this.#waitsAfterEnd++;
    if (this.#waitsAfterEnd < 16) return;
    this.#abandoned.resolve();
    await new Promise(() => {});
  }

  async #live(): Promise<void> {
    try {
      await this.#untilMayRun();
      if (this.outcome === undefined) await this.#run();
      this.outcome ??= exited(0);
    } catch (error) {
      // A command whose `run` returns an error says nothing more: exit code 1, as WASI has it.
      this.outcome ??= error === undefined ? exited(1) : outcomeOfTrap(error);
    }
    this.#release();
    this.container.processEnded(this);
    this.gone.notify();
  }

  async #run(): Promise<void> {
    const main = this.plan.main ?? (await mainOf(this.plan.component));
    await Promise.race([main(this), this.#abandoned.promise]);
  }

  /** An instance of its component. It may have ended while that was made. */
  async instantiate(): Promise<ComponentInstance> {
    const component = await loadComponent(this.plan.component);
    // Not copied: some of it is made only when a component asks for it.
    const imports: Record<string, object> = hostImports(this);
    imports[LIFT_IMPORT] = liftMeter(this);
    return component.instantiate(imports, (...core) => this.#instantiateCore(...core));
  }

  #instantiateCore(...[module, imports, startsItself]: Parameters<InstantiateCore>): WebAssembly.Instance {
    if (this.outcome !== undefined) throw new ProcessEnded();
    const instance = new WebAssembly.Instance(module, imports);
    this.fuel.attach(instance);
    for (const value of Object.values(instance.exports)) {
      if (value instanceof WebAssembly.Memory) this.#memories.add(value);
    }
    if (this.#memories.size > MEMORY_LIMIT) {
      this.end(aborted(`it has more than ${MEMORY_LIMIT} memories`));
      throw new ProcessEnded();
    }
    let pages = -this.#pages;
    for (const { buffer } of this.#memories) pages += buffer.byteLength / PAGE_BYTES;
    if (pages > 0 && !this.#grow(pages)) throw new ProcessEnded();
    if (startsItself !== true) this.fuel.start(instance);
    return instance;
  }

  #grow(pages: number): boolean {
    if (!this.container.memory.take(pages * PAGE_BYTES, () => this.outcome === undefined)) {
      this.end(OUT_OF_MEMORY);
      return false;
    }
    this.#pages += pages;
    return true;
  }

  #freeMemory(): void {
    this.container.memory.free(this.memoryBytes);
    this.#pages = 0;
  }

  async #preempt(burnt: number): Promise<void> {
    const { scheduler, clock } = this.container.world;
    const workNs = burnt * NS_PER_FUEL;
    if (clock.kind === 'virtual' && workNs >= NO_WORK_NS) {
      await this.#work(workNs);
    } else {
      scheduler.requeue(this.strand);
      await this.strand.park();
    }
    await this.#untilMayRun();
  }

  /** Virtual time: sleeps for as long as work that is already done takes. */
  async #work(workNs: number): Promise<void> {
    const { scheduler, cpu } = this.container.world;
    this.#charge();
    let done = false;
    const giveUp = cpu.work(this.container.cpu, workNs, () => {
      done = true;
      scheduler.wake(this.strand);
    });
    while (!done && this.outcome === undefined) await this.strand.park();
    giveUp();
  }

  /** Waits while it is stopped, or the quota of its container or its pod is used up. */
  async #untilMayRun(): Promise<void> {
    const { cpu } = this.container.world;
    while (this.outcome === undefined) {
      if (this.#stopped) {
        await this.#park([this.#continued], undefined);
        continue;
      }
      const untilNs = cpu.throttledUntilNs(this.container.cpu);
      if (untilNs === undefined) return;
      await this.#park([cpu.changed], untilNs);
    }
  }

  /** Has its container pay for what it has used since the last time. */
  #charge(): void {
    const usedNs = this.cpuNs - this.#chargedNs;
    this.#chargedNs += usedNs;
    this.container.world.cpu.charge(this.container.cpu, usedNs);
  }

  #release(): void {
    for (const release of [...this.#resources]) release();
    const { stdin, stdout, stderr } = this.plan.standard;
    stdin.release();
    stdout.release();
    stderr.release();
    this.#freeMemory();
    this.#charge();
    this.finished = true;
  }
}
