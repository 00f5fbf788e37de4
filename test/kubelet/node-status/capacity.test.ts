import { expect, test } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../../src/api/kubelet-configuration/defaulting.ts';
import { machineOf } from '../../../src/kubelet/node-config.ts';
import { allocatableOf, capacityOf } from '../../../src/kubelet/node-status/capacity.ts';

const machine = machineOf({ cpuMilli: 4_000, memoryBytes: 8 * 2 ** 30, pods: 110 });
const NONE = { systemReserved: {}, kubeReserved: {}, evictionHard: {} };

test('capacity is told in the units that people write', () => {
  expect(capacityOf({ ...machine, ephemeralStorageBytes: 100 * 2 ** 30 })).toEqual({
    cpu: '4',
    'ephemeral-storage': '100Gi',
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: '8Gi',
    pods: '110',
  });
});

test('what is kept for the system, the kubelet and the hard thresholds is not for pods', () => {
  const capacity = { cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi', pods: '110' };
  expect(allocatableOf(capacity, NONE)).toEqual(capacity);
  expect(allocatableOf(capacity, DEFAULT_CONFIGURATION)).toEqual({
    cpu: '4',
    memory: '8092Mi',
    // Not 90Gi: Kubernetes keeps the 10 % as a 32-bit number, which is a little more than a tenth.
    'ephemeral-storage': '96636764000',
    pods: '110',
  });
  const reserved = {
    systemReserved: { cpu: '500m', memory: '1Gi' },
    kubeReserved: { cpu: '250m', memory: '512Mi' },
    evictionHard: { 'memory.available': '10%', 'imagefs.available': '15%' },
  };
  expect(allocatableOf(capacity, reserved)).toMatchObject({ cpu: '3250m', 'ephemeral-storage': '100Gi' });
});

test('there is never less than nothing for pods', () => {
  const all = { ...NONE, systemReserved: { memory: '16Gi' } };
  expect(allocatableOf({ memory: '8Gi' }, all)).toEqual({ memory: '0' });
});
