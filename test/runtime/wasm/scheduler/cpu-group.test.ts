import { expect, test } from 'vitest';
import { CpuGroup, cpuWeight } from '../../../../src/runtime/wasm/scheduler/cpu-group.ts';

const MS = 1_000_000;
const limited = (cpuQuota: number, parent?: CpuGroup) =>
  new CpuGroup({ cpuShares: 1024, cpuQuota, cpuPeriod: 100_000 }, 0, parent);

test.each([
  [0, 1],
  [2, 1],
  [102, 17],
  [1024, 100],
  [262_144, 10_000],
  [1_000_000, 10_000],
])('%i shares weigh %i', (shares, weight) => {
  expect(cpuWeight(shares)).toBe(weight);
});

test('without a quota nobody waits and no period is counted', () => {
  const group = limited(0);
  group.take(1e12, 0);
  expect(group.readyNs(5)).toBe(5);
  expect(group.statAt(5)).toMatchObject({ periods: 0, throttledPeriods: 0 });
});

test('a used-up quota throttles until the next period, and that is counted', () => {
  const group = limited(20_000);
  group.take(15 * MS, 0);
  expect(group.readyNs(15 * MS)).toBe(15 * MS);
  group.take(5 * MS, 15 * MS);
  expect(group.readyNs(20 * MS)).toBe(100 * MS);
  expect(group.readyNs(100 * MS)).toBe(100 * MS);
  expect(group.statAt(100 * MS)).toMatchObject({ periods: 1, throttledPeriods: 1, throttledNs: 80 * MS });
});

test('what was used beyond the quota is paid by the periods that follow', () => {
  const group = limited(10_000);
  group.take(35 * MS, 0);
  expect(group.readyNs(35 * MS)).toBe(300 * MS);
  group.roll(300 * MS);
  expect(group.leftNs).toBe(5 * MS);
  expect(group.statAt(300 * MS)).toMatchObject({ periods: 3, throttledPeriods: 3, throttledNs: 265 * MS });
});

test('what was not used is lost, and at rest no period is counted', () => {
  const group = limited(10_000);
  group.take(1 * MS, 0);
  group.roll(10_050 * MS);
  expect(group.leftNs).toBe(10 * MS);
  expect(group.periodEndNs).toBe(10_100 * MS);
  expect(group.statAt(10_050 * MS).periods).toBe(1);
});

test('the quota around holds too, and counts for its own group', () => {
  const pod = limited(10_000);
  const container = limited(50_000, pod);
  container.take(20 * MS, 0);
  expect(container.readyNs(20 * MS)).toBe(200 * MS);
  expect(pod.throttled).toBe(true);
  expect(container.throttled).toBe(false);
});

test('new bounds let those go on who waited for the old ones', () => {
  const group = limited(1_000);
  group.take(500 * MS, 0);
  expect(group.readyNs(0)).toBeGreaterThan(10_000 * MS);
  group.bound({ cpuShares: 2, cpuQuota: 50_000, cpuPeriod: 100_000 }, 40 * MS);
  expect(group.readyNs(40 * MS)).toBe(40 * MS);
  expect(group.statAt(50 * MS).throttledNs).toBe(40 * MS);
});
