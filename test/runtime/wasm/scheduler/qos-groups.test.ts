import { expect, test } from 'vitest';
import { CpuGroup } from '../../../../src/runtime/wasm/scheduler/cpu-group.ts';
import { QosGroups } from '../../../../src/runtime/wasm/scheduler/qos-groups.ts';

const bounds = (cpuShares: number) => ({ cpuShares, cpuQuota: 0, cpuPeriod: 100_000 });

test('the Burstable group weighs what its pods request, as they come, are resized and go', () => {
  const groups = new QosGroups(0);
  const burstable = groups.around('Burstable');
  const pod = (cpuShares: number) => {
    const group = new CpuGroup(bounds(cpuShares), 0, burstable);
    groups.count(group, cpuShares);
    return group;
  };
  const weights = [burstable?.weight];
  const first = pod(512);
  weights.push(burstable?.weight);
  pod(2);
  weights.push(burstable?.weight);
  groups.count(first, 1024);
  weights.push(burstable?.weight);
  groups.forget(first);
  weights.push(burstable?.weight);
  expect(weights).toEqual([1, 59, 59, 100, 1]);
});

test('a BestEffort group always weighs least, and Guaranteed pods are in none', () => {
  const groups = new QosGroups(0);
  const bestEffort = groups.around('BestEffort');
  groups.count(new CpuGroup(bounds(2), 0, bestEffort), 2);
  expect(bestEffort?.weight).toBe(1);
  expect(groups.around('Guaranteed')).toBeUndefined();
  expect(groups.around(undefined)).toBeUndefined();
});
