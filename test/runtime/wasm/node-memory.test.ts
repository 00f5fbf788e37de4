import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuestRuntime } from './guest-runtime.ts';

let guests: GuestRuntime;
beforeAll(async () => {
  guests = await GuestRuntime.open('virtual', 1, { nodeMemoryBytes: 48 << 20 });
}, 120_000);
afterAll(() => guests.close());

const oomEvents = () => guests.events.filter(({ type }) => type === 'systemOom');

test('when the node is full the worst score goes, though another asked, and the kernel says so', async () => {
  const idle = await guests.start(['sleep', '600000'], { oomScoreAdj: 1000 });
  const protectedHog = await guests.start(['hog'], { oomScoreAdj: -997 });
  expect(await guests.exited(idle)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  // With nobody left who would go first, the hog itself goes.
  expect(await guests.exited(protectedHog)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  expect(oomEvents()).toEqual([
    expect.objectContaining({ containerId: idle, processName: 'guest', pid: expect.any(Number) }),
    expect.objectContaining({ containerId: protectedHog, processName: 'guest' }),
  ]);
});

test('a container that passes its own limit is no trouble of the node’s', async () => {
  const before = oomEvents().length;
  const id = await guests.start(['hog'], { memoryLimitBytes: 16 << 20 });
  expect(await guests.exited(id)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  expect(oomEvents().length).toBe(before);
});

test('a container reads its bounds where the kernel shows them', async () => {
  const options = { memoryLimitBytes: 32 << 20, cpuLimit: 0.5, oomScoreAdj: 900, cpusetCpus: '1,3' };
  const id = await guests.start(['sleep', '600000'], options);
  const read = async (path: string) =>
    (await guests.settle(guests.service.execSync(id, ['guest', 'show', path], 10))).stdout.trim();
  expect(await read('/sys/fs/cgroup/memory.max')).toBe(String(32 << 20));
  expect(await read('/sys/fs/cgroup/cpu.max')).toBe('50000 100000');
  expect(await read('/sys/fs/cgroup/cpuset.cpus.effective')).toBe('1,3');
  expect(await read('/proc/self/oom_score_adj')).toBe('900');
  await guests.settle(
    guests.service.updateContainerResources(id, {
      memoryLimitBytes: 64 << 20,
      cpuShares: 2,
      cpuQuota: 0,
      cpuPeriod: 100_000,
      oomScoreAdj: 900,
    }),
  );
  expect(await read('/sys/fs/cgroup/memory.max')).toBe(String(64 << 20));
  expect(await read('/sys/fs/cgroup/cpuset.cpus.effective')).toBe('0-3');
});
