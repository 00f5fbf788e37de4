/** The Engine's figures of both versions of cgroups, as a 20.10 and a 28 gave them. */
import { describe, expect, it } from 'vitest';
import { cgroupUsage, type EngineStats, sandboxTraffic } from '../../../../src/runtime/docker/stats/usage.ts';

const V1: EngineStats = {
  read: '2026-11-24T00:15:10.457927105Z',
  pids_stats: { current: 3 },
  cpu_stats: {
    cpu_usage: { total_usage: 21_015_392 },
    throttling_data: { periods: 10, throttled_periods: 4, throttled_time: 1_234_567 },
  },
  memory_stats: {
    usage: 700_416,
    stats: { inactive_file: 1, total_inactive_file: 102_400, active_file: 4_096, rss: 53_248 },
  },
  networks: { eth0: { rx_bytes: 376, tx_bytes: 12 } },
};

const V2: EngineStats = {
  ...V1,
  memory_stats: { usage: 900_000, stats: { inactive_file: 200_000, active_file: 5, anon: 40_000 } },
};

/** Of a container that has ended. */
const ENDED: EngineStats = {
  read: '0001-01-01T00:00:00Z',
  pids_stats: {},
  cpu_stats: { cpu_usage: { total_usage: 0 }, throttling_data: {} },
  memory_stats: {},
};

describe('what a container uses', () => {
  it('is read from cgroup v1: the working set is without the idle file pages of the whole tree', () => {
    expect(cgroupUsage(V1, 5)).toEqual({
      atMs: Date.UTC(2026, 10, 24, 0, 15, 10, 457),
      cpuUsageCoreNanoSeconds: 21_015_392,
      cpuThrottling: { periods: 10, throttledPeriods: 4, throttledMicroseconds: 1_234 },
      memoryWorkingSetBytes: 598_016,
      processCount: 3,
    });
  });

  it('is read from cgroup v2', () => {
    expect(cgroupUsage(V2, 5).memoryWorkingSetBytes).toBe(700_000);
  });

  it('is never less than nothing', () => {
    const odd = { ...V2, memory_stats: { usage: 5, stats: { inactive_file: 10 } } };
    expect(cgroupUsage(odd, 5).memoryWorkingSetBytes).toBe(0);
  });

  it('is nothing once it has ended', () => {
    expect(cgroupUsage(ENDED, 5)).toEqual({
      atMs: 5,
      cpuUsageCoreNanoSeconds: 0,
      cpuThrottling: { periods: 0, throttledPeriods: 0, throttledMicroseconds: 0 },
      memoryWorkingSetBytes: 0,
      processCount: 0,
    });
  });

  it('has the traffic of the first interface, and none where the network is another’s', () => {
    const two = { ...V1, networks: { eth1: { rx_bytes: 1, tx_bytes: 1 }, ...V1.networks } };
    expect(sandboxTraffic(two)).toEqual({ name: 'eth0', rxBytes: 376, txBytes: 12 });
    expect(sandboxTraffic(ENDED)).toEqual({ name: 'eth0', rxBytes: 0, txBytes: 0 });
  });
});
