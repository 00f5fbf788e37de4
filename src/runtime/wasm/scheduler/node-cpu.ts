/** The node's CPUs: the groups of its pods and containers, and how long a process must wait for its turn to work. */
import type { QosClass } from '../../../api/types.ts';
import type { GuestClock } from './clock.ts';
import { type CpuBounds, CpuGroup, type CpuStat } from './cpu-group.ts';
import { CpuShares, NO_WORK_NS } from './cpu-shares.ts';
import { QosGroups } from './qos-groups.ts';
import type { Timers } from './timers.ts';
import { WaitQueue } from './wait-queue.ts';

export class NodeCpu {
  readonly #clock: GuestClock;
  readonly #shares: CpuShares;
  readonly #qos: QosGroups;
  readonly #pods = new Map<string, CpuGroup>();
  /** Notified when bounds have changed: who is throttled may go on. */
  readonly changed = new WaitQueue();

  constructor(cpus: number, clock: GuestClock, timers: Timers) {
    this.#clock = clock;
    this.#shares = new CpuShares(cpus, timers, () => this.nowNs);
    this.#qos = new QosGroups(this.nowNs);
  }

  get nowNs(): number {
    return Number(this.#clock.nowNs());
  }

  /** `qosClass` undefined: in no group of a class, as a Guaranteed pod. */
  addPod(podId: string, bounds: CpuBounds, qosClass: QosClass | undefined): void {
    const group = new CpuGroup(bounds, this.nowNs, this.#qos.around(qosClass));
    this.#pods.set(podId, group);
    this.#weigh(() => this.#qos.count(group, bounds.cpuShares));
  }

  boundPod(podId: string, bounds: CpuBounds): void {
    const group = this.#pods.get(podId);
    if (group === undefined) return;
    this.bound(group, bounds);
    this.#weigh(() => this.#qos.count(group, bounds.cpuShares));
  }

  removePod(podId: string): void {
    const group = this.#pods.get(podId);
    if (group === undefined) return;
    this.#pods.delete(podId);
    this.#weigh(() => this.#qos.forget(group));
  }

  #weigh(change: () => void): void {
    this.#shares.advance();
    change();
    this.#shares.changed();
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
    group.race(usedNs);
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
