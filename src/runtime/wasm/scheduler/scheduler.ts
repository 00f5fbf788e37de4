/**
 * Who runs next on the runtime thread: one strand at a time, the woken before the preempted, first come first
 * served. With wall time the preempted go by their groups' weights: whoever has had least for its weight.
 */
import { type CpuGroup, cpuPath } from './cpu-group.ts';
import { orDie } from './or-die.ts';
import type { Strand } from './strand.ts';

/** So many woken strands may run before a preempted one gets its turn. */
const WOKEN_IN_A_ROW = 8;
/** With wall time, sockets and messages are looked after at least this often between slices. */
const IO_EVERY_MS = 2;

export class Scheduler {
  #woken: Strand[] = [];
  #preempted: Strand[] = [];
  #inARow = 0;
  /** Where the outermost group that ran last stood in the race. */
  #outermostAt = 0;
  #running = false;
  #lastIoMs = 0;
  readonly #wall: boolean;
  readonly #pulse: () => void;
  #idleWaiters: (() => void)[] = [];

  /** `pulse` is called after every slice. */
  constructor(wall: boolean, pulse: () => void) {
    this.#wall = wall;
    this.#pulse = pulse;
  }

  /** Gives the strand a turn because what it waited for may have come. */
  wake(strand: Strand): void {
    if (strand.queued || strand.ended) return;
    strand.queued = true;
    this.#woken.push(strand);
    this.#kick();
  }

  /** Gives the strand a turn after the woken ones: it has used up its slice, or it is new. */
  requeue(strand: Strand): void {
    if (strand.queued || strand.ended) return;
    strand.queued = true;
    if (this.#wall) this.#join(strand.group);
    this.#preempted.push(strand);
    this.#kick();
  }

  /** Puts the strand before all others: it is to be killed. */
  hurry(strand: Strand): void {
    if (strand.ended) return;
    this.#woken = this.#woken.filter((other) => other !== strand);
    this.#preempted = this.#preempted.filter((other) => other !== strand);
    strand.queued = true;
    this.#woken.unshift(strand);
    this.#kick();
  }

  /** Resolves when no strand wants to run. */
  idle(): Promise<void> {
    if (!this.#running) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  #kick(): void {
    if (this.#running) return;
    this.#running = true;
    queueMicrotask(() => orDie(this.#loop()));
  }

  #next(): Strand | undefined {
    const preemptedFirst = this.#inARow >= WOKEN_IN_A_ROW && this.#preempted.length > 0;
    if (this.#woken.length > 0 && !preemptedFirst) {
      this.#inARow++;
      return this.#woken.shift();
    }
    this.#inARow = 0;
    return this.#wall ? this.#leastServed() : this.#preempted.shift();
  }

  /** One that was away has saved nothing up. */
  #join(group: CpuGroup): void {
    const { parent } = group;
    if (parent === undefined) {
      group.virtualRuntime = Math.max(group.virtualRuntime, this.#outermostAt);
      return;
    }
    group.virtualRuntime = Math.max(group.virtualRuntime, parent.childrenAt);
    this.#join(parent);
  }

  #leastServed(): Strand | undefined {
    const [first, ...others] = this.#preempted;
    if (first === undefined) return undefined;
    const least = others.reduce((best, other) => (isBehind(other.group, best.group) ? other : best), first);
    this.#preempted.splice(this.#preempted.indexOf(least), 1);
    for (const { parent, virtualRuntime } of cpuPath(least.group)) {
      if (parent === undefined) this.#outermostAt = virtualRuntime;
      else parent.childrenAt = virtualRuntime;
    }
    return least;
  }

  async #loop(): Promise<void> {
    for (;;) {
      const strand = this.#next();
      if (strand === undefined) break;
      strand.queued = false;
      await strand.runSlice();
      const nowMs = performance.now();
      strand.count(nowMs);
      this.#pulse();
      if (this.#wall && nowMs - this.#lastIoMs > IO_EVERY_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        this.#lastIoMs = performance.now();
      }
    }
    this.#running = false;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const waiter of waiters) waiter();
  }
}

/** Whether `a` has had less than `b` for its weight, where their groups part: as classes and pods, or in one pod. */
function isBehind(a: CpuGroup, b: CpuGroup): boolean {
  const pathB = cpuPath(b);
  for (const [depth, groupA] of cpuPath(a).entries()) {
    const groupB = pathB[depth];
    if (groupB !== undefined && groupA !== groupB) return groupA.virtualRuntime < groupB.virtualRuntime;
  }
  return false;
}
