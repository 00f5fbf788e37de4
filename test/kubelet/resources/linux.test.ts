import { expect, test } from 'vitest';
import {
  linuxContainerResources,
  milliCpuToQuota,
  milliCpuToShares,
} from '../../../src/kubelet/resources/linux.ts';
import { pod } from '../fixtures.ts';

test('shares and quota follow the cgroup rules, with their floors', () => {
  expect(milliCpuToShares(0)).toBe(2);
  expect(milliCpuToShares(250)).toBe(256);
  expect(milliCpuToQuota(0)).toBe(0);
  expect(milliCpuToQuota(1)).toBe(1_000);
  expect(milliCpuToQuota(500)).toBe(50_000);
});

test("a limit without a request counts as the request, and memory is the kernel's limit", () => {
  const container = { name: 'app', resources: { limits: { cpu: '500m', memory: '64Mi' } } };
  expect(
    linuxContainerResources(pod({ containers: [container] }), container, { capacityBytes: 8e9 }),
  ).toEqual({
    memoryLimitBytes: 64 * 1024 * 1024,
    cpuShares: 512,
    cpuQuota: 50_000,
    cpuPeriod: 100_000,
    oomScoreAdj: 999,
  });
});
