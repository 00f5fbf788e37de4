/** The engine's clocks: virtual time that jumps, virtual time held to a pace, and the machine's own. */
import type { VirtualTime } from '../runtime/port.ts';
import type { ClockKind } from './types.ts';

/** Where virtual time begins, in every run: 2026-01-01T00:00:00Z. */
export const VIRTUAL_EPOCH_MS = Date.UTC(2026, 0, 1);

/** Node's timers take no longer delays. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

export interface Clock {
  readonly kind: ClockKind;
  now(): number;
  /**
   * Goes on to `atMs` (undefined: waits for a wake). Resolves to true once it is there, to false when
   * something woke it before: then nothing is known about how far it came.
   */
  goTo(atMs: number | undefined): Promise<boolean>;
  /** Like `goTo`, but what is due at that very instant still sleeps: a span of time ends before its end. */
  stopShortOf(atMs: number): Promise<boolean>;
  /** Ends a wait: something came that nobody waited for. */
  wake(): void;
}

/** Jumps; never waits. */
export class VirtualClock implements Clock {
  readonly kind = 'virtual';
  readonly #time: VirtualTime;
  #nowMs: number;

  constructor(time: VirtualTime, epochMs: number) {
    this.#time = time;
    this.#nowMs = epochMs;
  }

  now(): number {
    return this.#nowMs;
  }

  async goTo(atMs: number | undefined): Promise<boolean> {
    if (atMs === undefined) return false;
    this.#nowMs = Math.max(this.#nowMs, atMs);
    this.#time.advanceTo(this.#nowMs);
    return true;
  }

  async stopShortOf(atMs: number): Promise<boolean> {
    this.#time.advanceTo(Math.max(this.#nowMs, atMs - 1));
    this.#nowMs = Math.max(this.#nowMs, atMs);
    return true;
  }

  wake(): void {}
}

/** Waits that something can end. */
class Waiting {
  #end: (() => void) | undefined;
  #woken = false;

  /** Resolves to false when it was woken before the time was up. */
  wait(delayMs: number | undefined): Promise<boolean> {
    if (this.#woken) {
      this.#woken = false;
      return Promise.resolve(false);
    }
    return new Promise((resolve) => {
      const finish = (reached: boolean) => {
        clearTimeout(timer);
        this.#end = undefined;
        this.#woken = false;
        resolve(reached);
      };
      const timer =
        delayMs === undefined
          ? undefined
          : setTimeout(() => finish(true), Math.min(Math.max(0, Math.ceil(delayMs)), LONGEST_TIMEOUT_MS));
      this.#end = () => finish(false);
    });
  }

  wake(): void {
    this.#woken = true;
    this.#end?.();
  }
}

/** Virtual time, held to `speed` virtual seconds a second. */
export class PacedClock implements Clock {
  readonly kind = 'paced';
  readonly #time: VirtualTime;
  readonly #speed: number;
  readonly #waiting = new Waiting();
  #nowMs: number;

  constructor(time: VirtualTime, epochMs: number, speed: number) {
    this.#time = time;
    this.#nowMs = epochMs;
    this.#speed = speed;
  }

  now(): number {
    return this.#nowMs;
  }

  async goTo(atMs: number | undefined): Promise<boolean> {
    const reached = await this.#wait(atMs);
    this.#time.advanceTo(this.#nowMs);
    return reached;
  }

  async stopShortOf(atMs: number): Promise<boolean> {
    const reached = await this.#wait(atMs);
    this.#time.advanceTo(reached ? Math.max(0, atMs - 1) : this.#nowMs);
    return reached;
  }

  async #wait(atMs: number | undefined): Promise<boolean> {
    const fromMs = this.#nowMs;
    const startedAtMs = performance.now();
    const delayMs = atMs === undefined ? undefined : (atMs - fromMs) / this.#speed;
    const reached = await this.#waiting.wait(delayMs);
    const passedMs = Math.floor((performance.now() - startedAtMs) * this.#speed);
    const limitMs = atMs ?? Number.POSITIVE_INFINITY;
    this.#nowMs = reached && atMs !== undefined ? atMs : Math.min(fromMs + passedMs, limitMs);
    return reached;
  }

  wake(): void {
    this.#waiting.wake();
  }
}

/** The machine's clock: nothing to advance, only to wait for. */
export class WallClock implements Clock {
  readonly kind = 'wall';
  readonly #waiting = new Waiting();
  /** What the machine's clock said at the start of its monotonic one: later corrections do not turn time back. */
  readonly #originMs = Date.now() - performance.now();

  now(): number {
    return Math.floor(this.#originMs + performance.now());
  }

  goTo(atMs: number | undefined): Promise<boolean> {
    return this.#waiting.wait(atMs === undefined ? undefined : atMs - this.now());
  }

  stopShortOf(atMs: number): Promise<boolean> {
    return this.goTo(atMs);
  }

  wake(): void {
    this.#waiting.wake();
  }
}
