/** One container's CPU: what its ended processes used, and how long its quota makes it wait. */
import type { GuestClock } from '../scheduler/clock.ts';

/** As the kernel's default CFS period: what is unused for longer is lost. */
const PERIOD_NS = 100_000_000n;

export class CpuAccount {
  /** Of processes that have ended. */
  endedNs = 0;
  readonly #clock: GuestClock;
  /** 0: no quota. */
  cores: number;
  #readyNs = 0n;

  constructor(clock: GuestClock, cores: number) {
    this.#clock = clock;
    this.cores = cores;
  }

  /** Takes `usedNs` of CPU from the quota; returns the instant at which the container may run on. */
  use(usedNs: number): bigint {
    const nowNs = this.#clock.nowNs();
    if (this.cores <= 0) return nowNs;
    const floorNs = nowNs - PERIOD_NS;
    if (this.#readyNs < floorNs) this.#readyNs = floorNs;
    this.#readyNs += BigInt(Math.round(usedNs / this.cores));
    return this.#readyNs;
  }
}
