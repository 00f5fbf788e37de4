/**
 * A container's figures from what the Engine reads in its cgroup, of either version (docker api/types/container
 * StatsResponse; the working set as cAdvisor counts it, info/v1 setMemoryStats).
 */
import type { ContainerStats, CpuThrottling } from '../../../api/cri.ts';
import { parseTime } from '../../../lib/time.ts';

/** The part of `GET /containers/{id}/stats` that is read. Of a container that does not run all of it is empty. */
export interface EngineStats {
  /** The year 1 of one that does not run. */
  readonly read: string;
  readonly pids_stats?: { readonly current?: number };
  readonly cpu_stats?: {
    readonly cpu_usage?: { readonly total_usage?: number };
    readonly throttling_data?: {
      readonly periods?: number;
      readonly throttled_periods?: number;
      readonly throttled_time?: number;
    };
  };
  readonly memory_stats?: {
    readonly usage?: number;
    readonly stats?: Readonly<Record<string, number>>;
  };
  /** By interface; those who share another's network have none. */
  readonly networks?: Readonly<Record<string, { readonly rx_bytes: number; readonly tx_bytes: number }>>;
}

/** What the cgroup says, without what is derived of two readings or comes from elsewhere. */
export type CgroupUsage = Pick<
  ContainerStats,
  'atMs' | 'cpuUsageCoreNanoSeconds' | 'memoryWorkingSetBytes' | 'processCount'
> & { readonly cpuThrottling: CpuThrottling };

const NANOSECONDS = 1_000;

/** `nowMs`: when it was read, for a container that does not run. */
export function cgroupUsage(stats: EngineStats, nowMs: number): CgroupUsage {
  const { periods = 0, throttled_periods = 0, throttled_time = 0 } = stats.cpu_stats?.throttling_data ?? {};
  const readMs = parseTime(stats.read) ?? 0;
  return {
    atMs: readMs > 0 ? readMs : nowMs,
    cpuUsageCoreNanoSeconds: stats.cpu_stats?.cpu_usage?.total_usage ?? 0,
    cpuThrottling: {
      periods,
      throttledPeriods: throttled_periods,
      throttledMicroseconds: Math.floor(throttled_time / NANOSECONDS),
    },
    memoryWorkingSetBytes: workingSet(stats),
    processCount: stats.pids_stats?.current ?? 0,
  };
}

/** What cannot be given back at once: all but the file pages that nobody has looked at for long. */
function workingSet({ memory_stats: { usage = 0, stats = {} } = {} }: EngineStats): number {
  // cgroup v1 tells those of the whole tree under another name.
  const inactiveFile = stats.total_inactive_file ?? stats.inactive_file ?? 0;
  return Math.max(0, usage - inactiveFile);
}

/** The traffic of a sandbox's first interface, since it began; the Engine counts whole frames. */
export function sandboxTraffic({ networks = {} }: EngineStats): {
  readonly name: string;
  readonly rxBytes: number;
  readonly txBytes: number;
} {
  const [name = 'eth0', traffic] = Object.entries(networks).toSorted(([a], [b]) => (a < b ? -1 : 1))[0] ?? [];
  return { name, rxBytes: traffic?.rx_bytes ?? 0, txBytes: traffic?.tx_bytes ?? 0 };
}
