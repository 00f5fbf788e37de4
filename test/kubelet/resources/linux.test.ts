import { expect, test } from 'vitest';
import {
  DEFAULT_CONFIGURATION,
  defaultConfiguration,
} from '../../../src/api/kubelet-configuration/defaulting.ts';
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
    linuxContainerResources(pod({ containers: [container] }), container, {
      capacityBytes: 8e9,
      config: DEFAULT_CONFIGURATION,
    }),
  ).toEqual({
    memoryLimitBytes: 64 * 1024 * 1024,
    cpuShares: 512,
    cpuQuota: 50_000,
    cpuPeriod: 100_000,
    oomScoreAdj: 999,
    unified: { 'memory.oom.group': '1' },
  });
});

test('singleProcessOOMKill leaves memory.oom.group as it is', () => {
  const config = { ...DEFAULT_CONFIGURATION, singleProcessOOMKill: true };
  const resources = linuxContainerResources(pod(), { name: 'app' }, { capacityBytes: 8e9, config });
  expect(resources).not.toHaveProperty('unified');
});

test('the configuration says whether CPU limits are enforced, and in what period', () => {
  const container = { name: 'app', resources: { limits: { cpu: '500m' } } };
  const bounds = (given: Parameters<typeof defaultConfiguration>[0]) => {
    const config = defaultConfiguration(given);
    const { cpuQuota, cpuPeriod } = linuxContainerResources(pod(), container, { capacityBytes: 8e9, config });
    return [cpuQuota, cpuPeriod];
  };
  expect(bounds({ cpuCFSQuota: false })).toEqual([0, 100_000]);
  const gate = { featureGates: { CustomCPUCFSQuotaPeriod: true } };
  expect(bounds({ ...gate, cpuCFSQuotaPeriod: '10ms' })).toEqual([5_000, 10_000]);
  expect(bounds({ ...gate, cpuCFSQuotaPeriod: '1ms' })).toEqual([1_000, 1_000]);
});
