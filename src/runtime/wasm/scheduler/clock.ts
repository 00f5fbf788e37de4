/** The guests' clocks: what `wasi:clocks` answers and what every deadline on the runtime thread is measured in. */

/** Monotonic time in nanoseconds since a moment before the runtime began, and the wall clock in epoch milliseconds. */
export interface GuestClock {
  readonly kind: 'virtual' | 'wall';
  nowNs(): bigint;
  epochMs(): number;
}

export const NS_PER_MS = 1_000_000n;
const NS_PER_SECOND = 1_000_000_000;

/** Whole nanoseconds. */
export const secondsNs = (seconds: number): bigint => BigInt(Math.round(seconds * NS_PER_SECOND));

/** For how long the machine seems to have been up at the beginning: some take a clock at zero for broken (Go's runtime). */
const BOOTED_MS = 1000;

/** Time that moves only when the engine says so. */
export class VirtualClock implements GuestClock {
  readonly kind = 'virtual';
  readonly #startMs: number;
  #nowMs: number;

  constructor(epochMs: number) {
    this.#startMs = epochMs - BOOTED_MS;
    this.#nowMs = epochMs;
  }

  nowNs(): bigint {
    return BigInt(Math.round((this.#nowMs - this.#startMs) * 1_000_000));
  }

  epochMs(): number {
    return this.#nowMs;
  }

  /** Never goes back. */
  advanceTo(nowMs: number): void {
    if (nowMs > this.#nowMs) this.#nowMs = nowMs;
  }

  /** The first whole millisecond, epoch, at which `deadlineNs` has come. */
  deadlineMs(deadlineNs: bigint): number {
    // Rounded before epoch milliseconds come in, which have no place for a nanosecond: what was rounded down to now
    // would never come.
    return Math.ceil(this.#startMs) + Number((deadlineNs + NS_PER_MS - 1n) / NS_PER_MS);
  }
}

/** The machine's time. */
export class WallClock implements GuestClock {
  readonly kind = 'wall';
  readonly #startNs = process.hrtime.bigint() - secondsNs(BOOTED_MS / 1000);

  nowNs(): bigint {
    return process.hrtime.bigint() - this.#startNs;
  }

  epochMs(): number {
    return Date.now();
  }
}
