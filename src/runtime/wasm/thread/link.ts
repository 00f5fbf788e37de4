/** The main thread's end: calls to the runtime thread, what it tells, and whether it is quiet or dead. */
import type { Worker } from 'node:worker_threads';
import { unreachable } from '../../../lib/assert.ts';
import { type LogLine, RuntimeError } from '../../port.ts';
import { reactionsRun } from '../reactions-run.ts';
import { orDie } from '../scheduler/or-die.ts';
import type {
  CallName,
  ContainerEvent,
  FromThread,
  Numbered,
  Params,
  Result,
  SessionEvent,
  ThreadOptions,
  Told,
  ToThread,
} from './protocol.ts';
import { takeWorker } from './worker.ts';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: RuntimeError) => void;
}

export interface LinkOptions extends Omit<ThreadOptions, 'pulse'> {
  /** After so long without a sign of life the thread is terminated; default 10 s. */
  readonly unresponsiveMs?: number | undefined;
  /** What the thread's heap may hold; default 2 GiB. */
  readonly threadHeapMb?: number | undefined;
}

export interface ThreadListener {
  readonly event: (event: ContainerEvent) => void;
  readonly session: (event: SessionEvent) => void;
  /** The thread is gone, and with it everything that ran there. */
  readonly died: (message: string) => void;
}

/** A slice takes milliseconds; a thread without a sign of life for this long is not coming back. */
const UNRESPONSIVE_MS = 10_000;
const LOOKS = 10;
const ACKNOWLEDGE_BYTES = 32 << 10;

/** The message without its number. */
type Outgoing = Numbered extends infer Message
  ? Message extends Numbered
    ? Omit<Message, 'sequence'>
    : never
  : never;

export class ThreadLink {
  readonly #worker: Worker;
  readonly #pulse: Int32Array;
  readonly #listener: ThreadListener;
  readonly #virtual: boolean;
  readonly #unresponsiveMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #sent = 0;
  #handled = 0;
  #quiet: (() => void)[] = [];
  #dead: string | undefined;
  #logBytes = 0;
  #watch: NodeJS.Timeout | undefined;
  #lastPulse = 0;
  #silentSinceMs = 0;
  /** Virtual time that the thread has not been told of. */
  #aheadMs: number | undefined;
  /** Virtual time: when the thread next wakes by itself. */
  nextDeadlineMs: number | undefined;

  constructor(given: LinkOptions, listener: ThreadListener) {
    const { unresponsiveMs = UNRESPONSIVE_MS, threadHeapMb, ...options } = given;
    this.#listener = listener;
    this.#unresponsiveMs = unresponsiveMs;
    this.#virtual = options.clock === 'virtual';
    const pulse = new SharedArrayBuffer(4);
    this.#pulse = new Int32Array(pulse);
    this.#worker = takeWorker(threadHeapMb);
    this.#worker.on('message', (message: FromThread) => orDie(this.#receive(message)));
    this.#worker.on('error', (error) => this.#die(`the runtime thread failed: ${String(error)}`));
    this.#worker.on('exit', (code) => this.#die(`the runtime thread ended with code ${code}`));
    this.#worker.postMessage({ ...options, pulse } satisfies ThreadOptions);
  }

  call<Name extends CallName>(name: Name, params: Params<Name>): Promise<Result<Name>> {
    if (this.#dead !== undefined) return Promise.reject(new RuntimeError('Unavailable', this.#dead));
    return new Promise((resolve, reject) => {
      this.#send({ kind: 'call', name, params });
      this.#waiting.set(this.#sent, { resolve: resolve as (value: unknown) => void, reject });
    });
  }

  /** Virtual time. Nobody on a quiet thread notices it before the next deadline, or the next call: it is told then. */
  advanceTo(nowMs: number): void {
    this.#aheadMs = nowMs;
    const { nextDeadlineMs } = this;
    const unnoticed = nextDeadlineMs === undefined || nextDeadlineMs > Math.ceil(nowMs);
    if (!this.isQuiet || !unnoticed) this.#send();
  }

  get isQuiet(): boolean {
    return this.#dead !== undefined || this.#handled === this.#sent;
  }

  /** Virtual time: resolves once everything sent is dealt with and every guest is blocked. */
  quiet(): Promise<void> {
    if (this.isQuiet) return Promise.resolve();
    this.#watchNow();
    return new Promise((resolve) => this.#quiet.push(resolve));
  }

  /** Ends it as by a fault of its own. */
  crash(message: string): void {
    this.#die(message);
    void this.#worker.terminate();
  }

  async close(): Promise<void> {
    this.#dead ??= 'the runtime is closed';
    clearInterval(this.#watch);
    await this.#worker.terminate();
    this.#failAll();
  }

  /** Sends the time, if it has gone on since the last message, and what is to be said then. */
  #send(message?: Outgoing): void {
    if (this.#dead !== undefined) return;
    const nowMs = this.#aheadMs;
    this.#aheadMs = undefined;
    const numbered: Numbered[] = [];
    if (nowMs !== undefined) numbered.push({ kind: 'advance', nowMs, sequence: ++this.#sent });
    if (message !== undefined) numbered.push({ ...message, sequence: ++this.#sent });
    this.#worker.postMessage(numbered satisfies ToThread);
    this.#watchNow();
  }

  /** What follows from one thing that was told comes before the next. */
  async #receive(message: FromThread): Promise<void> {
    for (const [index, told] of message.entries()) {
      if (this.#dead !== undefined) return;
      this.#hear(told);
      const next = message[index + 1];
      if (next !== undefined && next.kind !== 'idle') await reactionsRun();
    }
  }

  #hear(told: Told): void {
    switch (told.kind) {
      case 'idle':
        this.#handled = told.handled;
        if (!this.isQuiet) return;
        this.nextDeadlineMs = told.nextDeadlineMs;
        this.#tellQuiet();
        return;
      case 'event':
        this.#listener.event(told.event);
        if (told.event.type === 'log') this.#acknowledge(told.event.lines);
        return;
      case 'session':
        this.#listener.session(told.event);
        return;
      case 'answer':
        this.#taken(told.sequence)?.resolve(told.value);
        return;
      case 'failure': {
        const { code, message, reason } = told.failure;
        const error = new RuntimeError(code, message, reason === undefined ? {} : { reason });
        this.#taken(told.sequence)?.reject(error);
        return;
      }
      default:
        unreachable(told);
    }
  }

  #taken(sequence: number): Waiting | undefined {
    const waiting = this.#waiting.get(sequence);
    this.#waiting.delete(sequence);
    return waiting;
  }

  /** With wall time the thread holds writers back until their lines have arrived here. */
  #acknowledge(lines: readonly LogLine[]): void {
    if (this.#virtual) return;
    for (const { text } of lines) this.#logBytes += text.length + 64;
    if (this.#logBytes < ACKNOWLEDGE_BYTES) return;
    this.#send({ kind: 'logsTaken', bytes: this.#logBytes });
    this.#logBytes = 0;
  }

  /** The last resort: a thread that owes something and shows no pulse is terminated. */
  #watchNow(): void {
    if (this.#watch !== undefined) return;
    this.#silentSinceMs = performance.now();
    this.#watch = setInterval(() => this.#look(), this.#unresponsiveMs / LOOKS);
    this.#watch.unref();
  }

  #look(): void {
    const nowMs = performance.now();
    const pulse = Atomics.load(this.#pulse, 0);
    // A thread that has not begun yet says so by failing or ending.
    if (pulse !== this.#lastPulse || pulse === 0) this.#silentSinceMs = nowMs;
    this.#lastPulse = pulse;
    const owes = this.#virtual ? !this.isQuiet : this.#waiting.size > 0;
    if (!owes) {
      clearInterval(this.#watch);
      this.#watch = undefined;
    } else if (nowMs - this.#silentSinceMs > this.#unresponsiveMs) {
      this.crash('the runtime thread does not answer');
    } else {
      this.#worker.postMessage({ kind: 'ping' } satisfies ToThread);
    }
  }

  #die(message: string): void {
    if (this.#dead !== undefined) return;
    this.#dead = message;
    clearInterval(this.#watch);
    this.#listener.died(message);
    this.#failAll();
  }

  #failAll(): void {
    const error = new RuntimeError('Unavailable', this.#dead ?? 'the runtime is closed');
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#tellQuiet();
  }

  #tellQuiet(): void {
    const quiet = this.#quiet;
    this.#quiet = [];
    for (const resolve of quiet) resolve();
  }
}
