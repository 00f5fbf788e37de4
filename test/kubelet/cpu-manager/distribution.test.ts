import { expect, test } from 'vitest';
import { formatCpus, parseCpus } from '../../../src/kubelet/cpu-manager/cpu-set.ts';
import { takeDistributed } from '../../../src/kubelet/cpu-manager/distribution.ts';
import { uniformTopology } from '../../../src/kubelet/cpu-manager/topology.ts';

/** Two sockets, a NUMA node each, without threads: 0-3 and 4-7. */
const plain = uniformTopology(8, 2, 1);
/** Two sockets of four cores with two threads: core c has CPUs c and c + 8. */
const threads = uniformTopology(16, 2, 2);

function take(topology: typeof plain, available: string, count: number, groupSize = 1): string {
  const cpus = parseCpus(available);
  if ('error' in cpus) throw new Error(cpus.error);
  const taken = takeDistributed({ topology, available: cpus, count, groupSize, sorting: 'packed' });
  return 'error' in taken ? taken.error : formatCpus(taken.cpus);
}

test('what fits one NUMA node stays on it', () => {
  expect(take(plain, '0-7', 4)).toBe('0-3');
});

test('what needs two gets the same of each, and leaves the same on each', () => {
  expect(take(plain, '0-7', 6)).toBe('0-2,4-6');
});

test('the odd one comes from where more is left', () => {
  expect(take(plain, '1-7', 5)).toBe('1-2,4-6');
});

test('whole cores stay whole', () => {
  expect(take(threads, '0-15', 12, 2)).toBe('0-2,4-6,8-10,12-14');
});

test('where no even share can be given, it is packed', () => {
  expect(take(plain, '0,4-7', 5)).toBe('0,4-7');
  expect(take(plain, '0-3', 5)).toBe(
    'not enough cpus available to satisfy request: requested=5, available=4',
  );
});
