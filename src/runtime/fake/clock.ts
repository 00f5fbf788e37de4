/** The fake runtime's time: nothing happens until the engine advances it. */
import { invariant } from '../../lib/assert.ts';
import { TimedQueue } from '../../lib/timed-queue.ts';
import type { VirtualTime } from '../port.ts';

interface Timer {
  cancelled: boolean;
  readonly fire: () => void;
}

/** Virtual time with timers; a timer of 0 ms fires at the next `advanceTo`, as any other. */
export class FakeClock implements VirtualTime {
  readonly #timers = new TimedQueue<Timer>();
  #nowMs: number;

  constructor(epochMs: number) {
    this.#nowMs = epochMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Calls `fire` after `delayMs`; the return value takes that back. */
  schedule(delayMs: number, fire: () => void): () => void {
    const timer: Timer = { cancelled: false, fire };
    this.#timers.push(this.#nowMs + Math.max(0, delayMs), timer);
    return () => {
      timer.cancelled = true;
    };
  }

  /** Resolves after `delayMs`; 0 resolves without waiting for an advance. */
  sleep(delayMs: number): Promise<void> {
    if (delayMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.schedule(delayMs, resolve);
    });
  }

  /** Every call here goes on by promise reactions alone: Node goes on to its next tick when all of them have run. */
  quiesce(): Promise<void> {
    return new Promise((resolve) => {
      process.nextTick(resolve);
    });
  }

  nextDeadlineMs(): number | undefined {
    this.#dropCancelled();
    return this.#timers.nextAtMs();
  }

  advanceTo(nowMs: number): void {
    invariant(nowMs >= this.#nowMs, `time goes back from ${this.#nowMs} to ${nowMs}`);
    for (;;) {
      this.#dropCancelled();
      const nextMs = this.#timers.nextAtMs();
      if (nextMs === undefined || nextMs > nowMs) break;
      const due = this.#timers.pop();
      this.#nowMs = Math.max(this.#nowMs, nextMs);
      due?.item.fire();
    }
    this.#nowMs = nowMs;
  }

  #dropCancelled(): void {
    while (this.#timers.peek()?.cancelled) this.#timers.pop();
  }
}
