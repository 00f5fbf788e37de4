/** One cgroup's CPU: its weight among others, its quota a period, and how often the quota made it wait. */

/** What a cgroup is told (CRI LinuxContainerResources, LinuxPodResources). */
export interface CpuBounds {
  /** cgroup v1's cpu.shares; 2 is the least. */
  readonly cpuShares: number;
  /** Microseconds of CPU a period; 0: as much as there is. */
  readonly cpuQuota: number;
  /** Microseconds. */
  readonly cpuPeriod: number;
}

/** `cpu.stat` of cgroup v2, in nanoseconds. */
export interface CpuStat {
  readonly usageNs: number;
  /** Periods in which it ran or was throttled. */
  readonly periods: number;
  readonly throttledPeriods: number;
  readonly throttledNs: number;
}

/** What of a group changes as time goes by; copied to look ahead. */
interface Spent {
  readonly usageNs: number;
  /** The period that `leftNs` is of began here. */
  readonly periodStartNs: number;
  /** What is left of the quota; below 0: debt, paid by the next periods. */
  readonly leftNs: number;
  /** Something ran in this period. */
  readonly ran: boolean;
  readonly throttledSinceNs: number | undefined;
  readonly periods: number;
  readonly throttledPeriods: number;
  readonly throttledNs: number;
}

const NS_PER_MICROSECOND = 1000;
const DEFAULT_PERIOD_MICROSECONDS = 100_000;
/** Rounding of sums of shares: less than this is nothing. */
const NOTHING_NS = 1;

export const LEAST_SHARES = 2;
const MOST_SHARES = 262_144;

/**
 * cpu.weight for cpu.shares, as runc writes it since 1.4 (opencontainers/cgroups ConvertCPUSharesToCgroupV2Value):
 * a curve through (2, 1), (1024, 100) and (262144, 10000).
 */
export function cpuWeight(cpuShares: number): number {
  if (cpuShares <= LEAST_SHARES) return 1;
  if (cpuShares >= MOST_SHARES) return 10_000;
  const log = Math.log2(cpuShares);
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34));
}

/** From the outermost group to this one. */
export function cpuPath(group: CpuGroup): readonly CpuGroup[] {
  return group.parent === undefined ? [group] : [...cpuPath(group.parent), group];
}

export class CpuGroup {
  /** The pod's, around its containers'; that of its QoS class, around the pod's. */
  readonly parent: CpuGroup | undefined;
  weight = 1;
  /** Wall time: how far it has come in the race for the CPU, its use divided by its weight. */
  virtualRuntime = 0;
  /** Where the one of its children that ran last stood: who joins the race begins there. */
  childrenAt = 0;
  #quotaNs = 0;
  #periodNs = DEFAULT_PERIOD_MICROSECONDS * NS_PER_MICROSECOND;
  #spent: Spent;

  constructor(bounds: CpuBounds, nowNs: number, parent?: CpuGroup) {
    this.parent = parent;
    this.#spent = {
      usageNs: 0,
      periodStartNs: nowNs,
      leftNs: 0,
      ran: false,
      throttledSinceNs: undefined,
      periods: 0,
      throttledPeriods: 0,
      throttledNs: 0,
    };
    this.bound(bounds, nowNs);
  }

  /** New bounds: the quota is whole again, and nobody waits for the old one (tg_set_cfs_bandwidth). */
  bound({ cpuShares, cpuQuota, cpuPeriod }: CpuBounds, nowNs: number): void {
    this.roll(nowNs);
    this.weigh(cpuShares);
    this.#quotaNs = Math.max(0, cpuQuota) * NS_PER_MICROSECOND;
    this.#periodNs = (cpuPeriod > 0 ? cpuPeriod : DEFAULT_PERIOD_MICROSECONDS) * NS_PER_MICROSECOND;
    this.#spent = { ...this.#wake(nowNs), periodStartNs: nowNs, leftNs: this.#quotaNs };
  }

  /** Another weight among those around it. */
  weigh(cpuShares: number): void {
    this.weight = cpuWeight(cpuShares);
  }

  get limited(): boolean {
    return this.#quotaNs > 0;
  }

  get throttled(): boolean {
    return this.#spent.throttledSinceNs !== undefined;
  }

  /** What it may still use in this period, of its own quota and its parent's. */
  get leftNs(): number {
    const own = this.limited ? this.#spent.leftNs : Number.POSITIVE_INFINITY;
    return Math.min(own, this.parent?.leftNs ?? Number.POSITIVE_INFINITY);
  }

  get periodEndNs(): number {
    return this.#spent.periodStartNs + this.#periodNs;
  }

  statAt(nowNs: number): CpuStat {
    this.roll(nowNs);
    const { usageNs, periods, throttledPeriods } = this.#spent;
    const { throttledNs } = this.#wake(nowNs);
    return { usageNs: Math.round(usageNs), periods, throttledPeriods, throttledNs };
  }

  /** For looking ahead: keep what is, and put it back. */
  get spent(): Spent {
    return this.#spent;
  }
  set spent(spent: Spent) {
    this.#spent = spent;
  }

  /** Passes the ends of periods that have come by `nowNs`: each gives the quota anew. */
  roll(nowNs: number): void {
    while (this.limited && this.periodEndNs <= nowNs) {
      const { leftNs, ran } = this.#spent;
      if (!ran && !this.throttled && leftNs === this.#quotaNs) {
        // At rest the kernel's timer stands still.
        const whole = Math.floor((nowNs - this.#spent.periodStartNs) / this.#periodNs);
        const periodStartNs = this.#spent.periodStartNs + whole * this.#periodNs;
        this.#spent = { ...this.#spent, periodStartNs };
        return;
      }
      this.#turnOver(this.periodEndNs);
    }
  }

  #turnOver(endNs: number): void {
    const { throttled } = this;
    const leftNs = Math.min(this.#quotaNs, this.#spent.leftNs + this.#quotaNs);
    const paid = leftNs >= NOTHING_NS ? this.#wake(endNs) : this.#spent;
    this.#spent = {
      ...paid,
      periodStartNs: endNs,
      leftNs,
      ran: false,
      periods: paid.periods + 1,
      throttledPeriods: paid.throttledPeriods + (throttled ? 1 : 0),
    };
  }

  #wake(nowNs: number): Spent {
    const { throttledSinceNs, throttledNs } = this.#spent;
    if (throttledSinceNs === undefined) return this.#spent;
    return {
      ...this.#spent,
      throttledSinceNs: undefined,
      throttledNs: throttledNs + nowNs - throttledSinceNs,
    };
  }

  /** Wall time: goes on in the race, with the groups around. */
  race(ns: number): void {
    this.parent?.race(ns);
    this.virtualRuntime += ns / this.weight;
  }

  /** Counts `ns` of CPU and takes them from the quota, here and in the groups around. Less than 0 gives back. */
  take(ns: number, nowNs: number): void {
    this.parent?.take(ns, nowNs);
    const usageNs = this.#spent.usageNs + ns;
    if (!this.limited) {
      this.#spent = { ...this.#spent, usageNs };
      return;
    }
    this.roll(nowNs);
    this.#spent = { ...this.#spent, usageNs, leftNs: this.#spent.leftNs - ns, ran: true };
  }

  /** Throttles the groups that have nothing left and want to run; whether any is. */
  throttle(nowNs: number): boolean {
    const around = this.parent?.throttle(nowNs) ?? false;
    if (!this.limited) return around;
    this.roll(nowNs);
    if (this.#spent.leftNs < NOTHING_NS && !this.throttled) {
      this.#spent = { ...this.#spent, throttledSinceNs: nowNs };
    }
    return around || this.throttled;
  }

  /** The first instant at which its processes may run; `nowNs` when they may now. Throttles it otherwise. */
  readyNs(nowNs: number): number {
    const aroundNs = this.parent?.readyNs(nowNs) ?? nowNs;
    if (!this.limited) return aroundNs;
    this.roll(nowNs);
    const { leftNs } = this.#spent;
    if (leftNs >= NOTHING_NS) return aroundNs;
    this.throttle(nowNs);
    const refills = Math.floor((NOTHING_NS - leftNs) / this.#quotaNs) + 1;
    return Math.max(aroundNs, this.#spent.periodStartNs + refills * this.#periodNs);
  }
}
