/** The node's CPUs: the groups of its pods and containers, and how long a process must wait for its turn to work. */
import type { GuestClock } from './clock.ts';
import { type CpuBounds, CpuGroup, type CpuStat } from './cpu-group.ts';
import { CpuShares, NO_WORK_NS } from './cpu-shares.ts';
import type { Timers } from './timers.ts';
import { WaitQueue } from './wait-queue.ts';

export class NodeCpu {
  readonly #clock: GuestClock;
  readonly #shares: CpuShares;
  readonly #pods = new Map<string, CpuGroup>();
  /** Notified when bounds have changed: who is throttled may go on. */
  readonly changed = new WaitQueue();

  constructor(cpus: number, clock: GuestClock, timers: Timers) {
    this.#clock = clock;
    this.#shares = new CpuShares(cpus, timers, () => this.nowNs);
  }

  get nowNs(): number {
    return Number(this.#clock.nowNs());
  }

  addPod(podId: string, bounds: CpuBounds): void {
    this.#pods.set(podId, new CpuGroup(bounds, this.nowNs));
  }

  boundPod(podId: string, bounds: CpuBounds): void {
    const group = this.#pods.get(podId);
    if (group !== undefined) this.bound(group, bounds);
  }

  removePod(podId: string): void {
    this.#pods.delete(podId);
  }

  /** A container's group, in its pod's. */
  addContainer(podId: string, bounds: CpuBounds): CpuGroup {
    return new CpuGroup(bounds, this.nowNs, this.#pods.get(podId));
  }

  bound(group: CpuGroup, bounds: CpuBounds): void {
    this.#shares.advance();
    group.bound(bounds, this.nowNs);
    this.#shares.changed();
    this.changed.notify();
  }

  /** Counts work that has taken no time of its own, or that the clock has measured. */
  charge(group: CpuGroup, usedNs: number): void {
    if (usedNs <= 0) return;
    group.use(usedNs);
    group.take(usedNs, this.nowNs);
  }

  stat(group: CpuGroup): CpuStat {
    this.#shares.advance();
    return group.statAt(this.nowNs);
  }

  /** When the group may run again, on the guests' clock; undefined: now. */
  throttledUntilNs(group: CpuGroup): bigint | undefined {
    const { nowNs } = this;
    this.#shares.advance();
    const readyNs = group.readyNs(nowNs);
    return readyNs > nowNs ? BigInt(Math.ceil(Math.max(readyNs, nowNs + NO_WORK_NS))) : undefined;
  }

  /** Virtual time: work that takes its time, though it was charged for already. `done` once it is through. */
  work(group: CpuGroup, workNs: number, done: () => void): () => void {
    group.take(-workNs, this.nowNs);
    return this.#shares.begin(group, workNs, done);
  }
}
