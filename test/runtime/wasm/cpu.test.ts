import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GuestRuntime } from './guest-runtime.ts';

const usedSeconds = async (guests: GuestRuntime, id: string) =>
  (await guests.settle(guests.service.containerStats(id))).cpuUsageCoreNanoSeconds / 1e9;

describe.each(['virtual', 'wall'] as const)('with one CPU (%s)', (clock) => {
  let guests: GuestRuntime;
  beforeAll(async () => {
    guests = await GuestRuntime.open(clock, 1, { nodeCpus: 1 });
  }, 120_000);
  afterAll(() => guests.close());

  const periodMs = clock === 'virtual' ? 60_000 : 2_000;
  const stop = (id: string) => guests.settle(guests.service.stopContainer(id, 0));

  test('busy guests have it in proportion to their pods’ shares', async () => {
    const pod = (cpuShares: number) =>
      guests.sandbox({ memoryLimitBytes: 0, cpuShares, cpuQuota: 0, cpuPeriod: 100_000 });
    // 1024 shares weigh 100, 2048 weigh 174.
    const light = await guests.start(['spin'], { sandboxId: await pod(1024) });
    const heavy = await guests.start(['spin'], { sandboxId: await pod(2048) });
    await guests.pass(periodMs);
    const ratio = (await usedSeconds(guests, heavy)) / (await usedSeconds(guests, light));
    expect(ratio).toBeGreaterThan(clock === 'virtual' ? 1.7 : 1.2);
    expect(ratio).toBeLessThan(clock === 'virtual' ? 1.8 : 2.4);
    await Promise.all([stop(light), stop(heavy)]);
  });

  test('a Guaranteed pod has a hundred times what a BestEffort one has', async () => {
    const bounds = { memoryLimitBytes: 0, cpuQuota: 0, cpuPeriod: 100_000 };
    const sure = await guests.sandbox({ ...bounds, cpuShares: 1024, qosClass: 'Guaranteed' });
    const last = await guests.sandbox({ ...bounds, cpuShares: 2, qosClass: 'BestEffort' });
    const ids = [];
    for (const sandboxId of [sure, last]) ids.push(await guests.start(['spin'], { sandboxId }));
    await guests.pass(periodMs);
    const [guaranteed = 0, bestEffort = 0] = await Promise.all(ids.map((id) => usedSeconds(guests, id)));
    if (clock === 'virtual') expect(Math.round(guaranteed / bestEffort)).toBe(100);
    else expect(guaranteed).toBeGreaterThan(5 * bestEffort);
    await Promise.all(ids.map(stop));
  });

  test('containers of one pod share by their own shares', async () => {
    const sandboxId = await guests.sandbox();
    const light = await guests.start(['spin'], { sandboxId, cpuShares: 2 });
    const heavy = await guests.start(['spin'], { sandboxId, cpuShares: 1024 });
    await guests.pass(periodMs);
    expect(await usedSeconds(guests, heavy)).toBeGreaterThan(10 * (await usedSeconds(guests, light)));
    await Promise.all([stop(light), stop(heavy)]);
  });

  test('the pod’s quota holds for its containers together', async () => {
    const sandboxId = await guests.sandbox({
      memoryLimitBytes: 0,
      cpuShares: 1024,
      cpuQuota: 30_000,
      cpuPeriod: 100_000,
    });
    const ids = [await guests.start(['spin'], { sandboxId }), await guests.start(['spin'], { sandboxId })];
    const before = await usedSeconds(guests, ids[0] ?? '');
    const startMs = guests.now();
    await guests.pass(periodMs);
    const used = (await usedSeconds(guests, ids[0] ?? '')) + (await usedSeconds(guests, ids[1] ?? ''));
    const cores = ((used - before) * 1000) / (guests.now() - startMs);
    expect(cores).toBeLessThan(0.36);
    expect(cores).toBeGreaterThan(clock === 'virtual' ? 0.28 : 0.05);
    // Lifting it lets them go on.
    const lifted = { memoryLimitBytes: 0, cpuShares: 1024, cpuQuota: 0, cpuPeriod: 100_000 };
    await guests.settle(guests.service.updatePodSandboxResources(sandboxId, lifted));
    await guests.pass(periodMs);
    const after = (await usedSeconds(guests, ids[0] ?? '')) + (await usedSeconds(guests, ids[1] ?? ''));
    expect(((after - used) * 1000) / periodMs).toBeGreaterThan(clock === 'virtual' ? 0.9 : 0.4);
    await Promise.all(ids.map(stop));
  });

  test('throttling is counted, where the container and where the node looks', async () => {
    const id = await guests.start(['spin'], { cpuLimit: 0.2 });
    await guests.pass(periodMs);
    const { cpuThrottling } = await guests.settle(guests.service.containerStats(id));
    if (cpuThrottling === undefined) throw new Error('the runtime does not say');
    const { periods, throttledPeriods, throttledMicroseconds } = cpuThrottling;
    expect(periods).toBeGreaterThan((0.7 * periodMs) / 100);
    expect(throttledPeriods).toBeGreaterThan(0.6 * periods);
    expect(throttledPeriods).toBeLessThanOrEqual(periods);
    expect(throttledMicroseconds).toBeGreaterThan(0.5 * periodMs * 1000);
    expect(throttledMicroseconds).toBeLessThan(periodMs * 1000);
    await stop(id);
  });
});

describe('in virtual time', () => {
  let guests: GuestRuntime;
  beforeAll(async () => {
    guests = await GuestRuntime.open('virtual', 1, { nodeCpus: 2 });
  }, 120_000);
  afterAll(() => guests.close());

  test('a guest reads its own throttling and its weight', async () => {
    const id = await guests.start(['spin'], { cpuLimit: 0.1 });
    await guests.pass(10_000);
    const stat = await guests.exec(id, 'show', '/sys/fs/cgroup/cpu.stat');
    const value = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1]);
    expect(value('usage_usec')).toBeGreaterThan(900_000);
    expect(value('nr_periods')).toBeGreaterThanOrEqual(99);
    expect(value('nr_throttled')).toBeGreaterThanOrEqual(95);
    expect(value('throttled_usec')).toBeGreaterThan(8_000_000);
    expect(await guests.exec(id, 'show', '/sys/fs/cgroup/cpu.weight')).toBe('100');
    await guests.settle(guests.service.stopContainer(id, 0));
  });

  test('Burstable pods weigh together what they request, however many they are; BestEffort pods together nothing', async () => {
    const bounds = { memoryLimitBytes: 0, cpuQuota: 0, cpuPeriod: 100_000 };
    const pods = [
      ['Guaranteed', 1024],
      ['Burstable', 512],
      // Requests nothing: it has the least of what is the class's.
      ['Burstable', 2],
      ['BestEffort', 2],
      ['BestEffort', 2],
    ] as const;
    const ids: string[] = [];
    for (const [qosClass, cpuShares] of pods) {
      const sandboxId = await guests.sandbox({ ...bounds, cpuShares, qosClass });
      // Two processes each: the CPUs are two.
      ids.push(await guests.start(['spin'], { sandboxId }), await guests.start(['spin'], { sandboxId }));
    }
    const startMs = guests.now();
    const before = await Promise.all(ids.map((id) => usedSeconds(guests, id)));
    await guests.pass(600_000);
    const seconds = (guests.now() - startMs) / 1000;
    const used = await Promise.all(ids.map((id) => usedSeconds(guests, id)));
    const cpus = pods.map(
      (_, pod) =>
        ((used[2 * pod] ?? 0) +
          (used[2 * pod + 1] ?? 0) -
          (before[2 * pod] ?? 0) -
          (before[2 * pod + 1] ?? 0)) /
        seconds,
    );
    // cpu.weight of 1024 shares is 100, of 512 it is 59, of 2 it is 1: 160 in all at the top.
    const expected = [200 / 160, ((118 / 160) * 59) / 60, ((118 / 160) * 1) / 60, 1 / 160, 1 / 160];
    for (const [pod, value] of cpus.entries()) expect(value).toBeCloseTo(expected[pod] ?? 0, 2);
    await Promise.all(ids.map((id) => guests.settle(guests.service.stopContainer(id, 0))));
  });

  test('an unlimited guest is never throttled', async () => {
    const id = await guests.start(['spin']);
    await guests.pass(1000);
    const { cpuThrottling } = await guests.settle(guests.service.containerStats(id));
    expect(cpuThrottling).toEqual({ periods: 0, throttledPeriods: 0, throttledMicroseconds: 0 });
    await guests.settle(guests.service.stopContainer(id, 0));
  });

  test('a throttled guest is killed at once', async () => {
    const id = await guests.start(['spin'], { cpuLimit: 0.01 });
    await guests.pass(250);
    const startMs = guests.now();
    await guests.settle(guests.service.stopContainer(id, 0));
    expect(guests.now()).toBe(startMs);
  });

  test('a lifted limit counts from that instant', async () => {
    const id = await guests.start(['spin'], { cpuLimit: 0.01 });
    await guests.pass(10_000);
    const before = await usedSeconds(guests, id);
    expect(before).toBeLessThan(0.2);
    const { resources } = await guests.service.containerStatus(id);
    if (resources === undefined) throw new Error('the runtime does not say');
    await guests.settle(guests.service.updateContainerResources(id, { ...resources, cpuQuota: 0 }));
    await guests.pass(10_000);
    expect((await usedSeconds(guests, id)) - before).toBeGreaterThan(9.7);
    await guests.settle(guests.service.stopContainer(id, 0));
  });

  test('six guests on two CPUs have a third of one each', async () => {
    const ids = [];
    for (let i = 0; i < 6; i++) ids.push(await guests.start(['spin']));
    await guests.pass(30_000);
    for (const id of ids) {
      expect(await usedSeconds(guests, id)).toBeGreaterThan(9);
      expect(await usedSeconds(guests, id)).toBeLessThan(11);
    }
    await Promise.all(ids.map((id) => guests.settle(guests.service.stopContainer(id, 0))));
  });
});
