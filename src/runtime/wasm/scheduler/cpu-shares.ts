/**
 * Virtual time: how long work takes on the node's CPUs. Every process that works is given its share of them at
 * every instant: QoS classes and pods by their weights, in a pod its containers by theirs, in a container its
 * processes evenly; none gets more than one CPU, and a group whose quota is used up gets nothing until its next period.
 * Between two changes all shares stand still, so what is between them is worked out, not run through.
 */

import { present } from '../../../lib/assert.ts';
import { type CpuGroup, cpuPath } from './cpu-group.ts';
import type { Timer, Timers } from './timers.ts';

interface Job {
  readonly group: CpuGroup;
  readonly done: () => void;
  leftNs: number;
  /** CPUs it has just now. */
  rate: number;
}

/** Less work than this is done: instants closer to each other are one. */
export const NO_WORK_NS = 1000;
/** Looking ahead further than so many changes is left to a later look. */
const LOOK_AHEAD = 4096;

export class CpuShares {
  readonly #cpus: number;
  readonly #timers: Timers;
  readonly #nowNs: () => number;
  readonly #jobs = new Set<Job>();
  #atNs = 0;
  #timer: Timer | undefined;

  constructor(cpus: number, timers: Timers, nowNs: () => number) {
    this.#cpus = cpus;
    this.#timers = timers;
    this.#nowNs = nowNs;
  }

  /** Begins `workNs` of one process; `done` is called when it is through. The result gives it up. */
  begin(group: CpuGroup, workNs: number, done: () => void): () => void {
    this.advance();
    const job: Job = { group, done, leftNs: workNs, rate: 0 };
    this.#jobs.add(job);
    this.#setTimer();
    return () => {
      this.advance();
      if (this.#jobs.delete(job)) this.#setTimer();
    };
  }

  /** Brings all work to this instant. */
  advance(): void {
    const nowNs = this.#nowNs();
    while (this.#atNs < nowNs && this.#jobs.size > 0) this.#step(nowNs);
    this.#atNs = Math.max(this.#atNs, nowNs);
    for (const job of this.#jobs) {
      if (job.leftNs >= NO_WORK_NS) continue;
      this.#jobs.delete(job);
      job.group.take(job.leftNs, nowNs);
      job.done();
    }
  }

  /** Bounds have changed: who is done next, and when, may be another. */
  changed(): void {
    this.advance();
    this.#setTimer();
  }

  #setTimer(): void {
    if (this.#timer !== undefined) this.#timers.cancel(this.#timer);
    this.#timer = undefined;
    const nextNs = this.#lookAhead();
    if (nextNs === undefined) return;
    this.#timer = this.#timers.add(BigInt(Math.ceil(nextNs)), () => this.changed());
  }

  /** When the next work is done, if nothing else changes: run ahead, and put everything back. */
  #lookAhead(): number | undefined {
    if (this.#jobs.size === 0) return undefined;
    const atNs = this.#atNs;
    const jobs = [...this.#jobs].map((job) => ({ job, leftNs: job.leftNs }));
    const groups = [...this.#groups()].map((group) => ({ group, spent: group.spent }));
    const isDone = () => jobs.some(({ job }) => job.leftNs < NO_WORK_NS);
    for (let steps = 0; !isDone() && steps < LOOK_AHEAD; steps++) this.#step(Number.POSITIVE_INFINITY);
    const nextNs = this.#atNs;
    this.#atNs = atNs;
    for (const { job, leftNs } of jobs) job.leftNs = leftNs;
    for (const { group, spent } of groups) group.spent = spent;
    return nextNs;
  }

  /** Every group that has work, and those around them. */
  #groups(): Set<CpuGroup> {
    return new Set([...this.#jobs].flatMap(({ group }) => cpuPath(group)));
  }

  /** To the next change of any share, at most to `untilNs`. */
  #step(untilNs: number): void {
    const fromNs = this.#atNs;
    const rates = this.#share(fromNs);
    let toNs = untilNs;
    const mayChangeAt = (ns: number) => {
      toNs = Math.min(toNs, Math.max(ns, fromNs));
    };
    // Who is done keeps its share until the clock comes by, at the next millisecond: it would have gone on working.
    for (const { leftNs, rate } of this.#jobs) {
      if (rate > 0 && leftNs >= NO_WORK_NS) mayChangeAt(fromNs + leftNs / rate);
    }
    for (const group of this.#groups()) {
      if (!group.limited) continue;
      mayChangeAt(group.periodEndNs);
      const rate = rates.get(group) ?? 0;
      if (rate > 0) mayChangeAt(fromNs + group.spent.leftNs / rate);
    }
    for (const job of this.#jobs) {
      const workedNs = Math.min(job.leftNs, job.rate * (toNs - fromNs));
      job.leftNs -= workedNs;
      job.group.take(workedNs, fromNs);
    }
    for (const group of this.#groups()) group.roll(toNs);
    this.#atNs = toNs;
  }

  /** Sets every job's rate; the sums by group. */
  #share(nowNs: number): Map<CpuGroup, number> {
    const rates = new Map<CpuGroup, number>();
    const working: Job[] = [];
    for (const job of this.#jobs) {
      job.rate = 0;
      if (!job.group.throttle(nowNs)) working.push(job);
    }
    shareBelow(working, this.#cpus, 0, rates);
    return rates;
  }
}

/** Shares `cpus` out among groups that have the same `depth` groups around them, and on to the processes in them. */
function shareBelow(jobs: readonly Job[], cpus: number, depth: number, rates: Map<CpuGroup, number>): void {
  const groups = Map.groupBy(jobs, ({ group }) => present(cpuPath(group)[depth], 'a group so deep'));
  for (const [group, within, rate] of split(cpus, groups)) {
    rates.set(group, rate);
    const own = within.filter((job) => job.group === group);
    for (const job of own) job.rate = rate / own.length;
    if (own.length === 0) shareBelow(within, rate, depth + 1, rates);
  }
}

/** Shares `cpus` out by weight; no group gets more CPUs than it has processes, and what it leaves is the others'. */
function split(
  cpus: number,
  groups: ReadonlyMap<CpuGroup, readonly Job[]>,
): readonly (readonly [group: CpuGroup, jobs: readonly Job[], rate: number])[] {
  // Who is sated first, by what a unit of weight would have to give: then one pass does.
  const bySatiety = [...groups].sort(([a, ofA], [b, ofB]) => ofA.length / a.weight - ofB.length / b.weight);
  let freeCpus = cpus;
  let weights = bySatiety.reduce((sum, [group]) => sum + group.weight, 0);
  return bySatiety.map(([group, jobs]) => {
    const rate = Math.min(jobs.length, (freeCpus * group.weight) / weights);
    freeCpus -= rate;
    weights -= group.weight;
    return [group, jobs, rate] as const;
  });
}
