import { expect, test } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../../src/api/kubelet-configuration/defaulting.ts';
import type { Container } from '../../../src/api/types.ts';
import { linuxContainerResources } from '../../../src/kubelet/resources/linux.ts';
import { linuxPodResources } from '../../../src/kubelet/resources/pod.ts';
import { pod } from '../fixtures.ts';

const MIB = 1024 ** 2;
const app = (limits: Record<string, string>, requests = limits): Container => ({
  name: 'app',
  resources: { limits, requests },
});

test('a pod is bounded where all its containers are; shares come from its requests', () => {
  const both = pod({
    containers: [app({ cpu: '1', memory: '64Mi' }), { ...app({ memory: '32Mi' }), name: 'b' }],
  });
  expect(linuxPodResources(both, DEFAULT_CONFIGURATION)).toEqual({
    memoryLimitBytes: 96 * MIB,
    cpuShares: 1024,
    cpuQuota: 0,
    cpuPeriod: 100_000,
    qosClass: 'Burstable',
  });
  expect(linuxPodResources(pod(), DEFAULT_CONFIGURATION)).toMatchObject({
    memoryLimitBytes: 0,
    cpuShares: 2,
    cpuQuota: 0,
    qosClass: 'BestEffort',
  });
});

test('podPidsLimit holds for every pod; without it there is no limit', () => {
  const config = { ...DEFAULT_CONFIGURATION, podPidsLimit: 100 };
  const guaranteed = pod({ containers: [app({ cpu: '1', memory: '64Mi' })] });
  expect([pod(), guaranteed].map((one) => linuxPodResources(one, config).pidsLimit)).toEqual([100, 100]);
  expect(linuxPodResources(pod(), DEFAULT_CONFIGURATION)).not.toHaveProperty('pidsLimit');
});

test('the pod’s own limits bound it whatever its containers say, and the overhead comes on top', () => {
  const owner = pod({
    containers: [{ name: 'app' }],
    resources: { limits: { cpu: '2', memory: '128Mi' }, requests: { cpu: '500m', memory: '64Mi' } },
    overhead: { cpu: '100m', memory: '16Mi' },
  });
  expect(linuxPodResources(owner, DEFAULT_CONFIGURATION)).toEqual({
    memoryLimitBytes: 144 * MIB,
    cpuShares: 614,
    cpuQuota: 210_000,
    cpuPeriod: 100_000,
    qosClass: 'Burstable',
  });
  expect(
    linuxContainerResources(
      owner,
      { name: 'app' },
      { capacityBytes: 4096 * MIB, config: DEFAULT_CONFIGURATION },
    ),
  ).toMatchObject({
    memoryLimitBytes: 128 * MIB,
    cpuQuota: 200_000,
  });
});
