/** In which order pods go when a resource runs out (pkg/kubelet/eviction/helpers.go, orderedBy and its compares). */

import type { Signal } from '../../api/eviction/signals.ts';
import { compare, quantity, subtract } from '../../api/quantity/quantity.ts';
import type { PodStats } from '../../api/stats.ts';
import type { Pod } from '../../api/types.ts';
import type { DiskLayout } from './container-fs.ts';
import { bytes, diskUsage, type FsPart, memoryUsage, podRequest, type StatsOf } from './usage.ts';

/** Each of them puts the pod that is to go first in front. The class of service is none of them. */
export type Comparator =
  | 'exceedMemoryRequests'
  | 'memory'
  | 'priority'
  | 'exceedDiskRequests'
  | 'disk'
  | 'exceedInodeRequests'
  | 'inodes'
  | 'process';

/** What orders the pods for one signal; `parts` say what counts as their disk usage. */
export interface Ranking {
  readonly comparators: readonly Comparator[];
  readonly parts: readonly FsPart[];
}

const ALL_PARTS: readonly FsPart[] = ['rootfs', 'logs', 'localVolumes'];

/** helpers.go buildSignalToRankFunc. */
export function rankingFor(signal: Signal, layout: DiskLayout): Ranking {
  switch (signal) {
    case 'memory.available':
    case 'allocatableMemory.available':
      return { comparators: ['exceedMemoryRequests', 'priority', 'memory'], parts: [] };
    case 'pid.available':
      return { comparators: ['priority', 'process'], parts: [] };
    case 'nodefs.available':
    case 'imagefs.available':
    case 'containerfs.available':
      return { comparators: ['exceedDiskRequests', 'priority', 'disk'], parts: partsOn(signal, layout) };
    case 'nodefs.inodesFree':
    case 'imagefs.inodesFree':
    case 'containerfs.inodesFree':
      return { comparators: ['exceedInodeRequests', 'priority', 'inodes'], parts: partsOn(signal, layout) };
  }
}

/** What of a pod lies on the file system of the signal. */
function partsOn(signal: Signal, { dedicatedImageFs, separateContainerFs }: DiskLayout): readonly FsPart[] {
  if (!dedicatedImageFs) return ALL_PARTS;
  if (separateContainerFs) return signal.startsWith('imagefs') ? [] : ALL_PARTS;
  return signal.startsWith('nodefs') ? ['logs', 'localVolumes'] : ['rootfs'];
}

/** The pods, the one to go first in front; those that compare equal stay in their order. */
export function rankPods(
  pods: readonly Pod[],
  statsOf: StatsOf,
  { comparators, parts }: Ranking,
): readonly Pod[] {
  return pods.toSorted((a, b) => {
    for (const comparator of comparators) {
      const order = comparePods(comparator, a, b, statsOf, parts);
      if (order !== 0) return order;
    }
    return 0;
  });
}

function comparePods(
  comparator: Comparator,
  a: Pod,
  b: Pod,
  statsOf: StatsOf,
  parts: readonly FsPart[],
): number {
  if (comparator === 'priority') return (a.spec.priority ?? 0) - (b.spec.priority ?? 0);
  const [statsA, statsB] = [statsOf(a), statsOf(b)];
  // Of what nobody can say what it uses goes first.
  if (statsA === undefined || statsB === undefined) return trueFirst(!statsA, !statsB);
  const side = (pod: Pod, stats: PodStats) => ({ pod, stats, disk: diskUsage(stats, pod, parts) });
  return compareUsage(comparator, side(a, statsA), side(b, statsB));
}

interface Side {
  readonly pod: Pod;
  readonly stats: PodStats;
  readonly disk: ReturnType<typeof diskUsage>;
}

function compareUsage(comparator: Exclude<Comparator, 'priority'>, a: Side, b: Side): number {
  switch (comparator) {
    case 'exceedMemoryRequests':
      return trueFirst(exceedsMemory(a), exceedsMemory(b));
    case 'memory':
      return compare(memoryAboveRequest(b), memoryAboveRequest(a));
    case 'exceedDiskRequests':
      return trueFirst(exceedsDisk(a), exceedsDisk(b));
    case 'disk':
      return compare(aboveStorageRequest(b, b.disk.usedBytes), aboveStorageRequest(a, a.disk.usedBytes));
    case 'exceedInodeRequests':
      // Nobody can ask for inodes, so that whoever has one exceeds.
      return trueFirst(a.disk.inodesUsed > 0, b.disk.inodesUsed > 0);
    case 'inodes':
      // The real kubelet, too, takes the bytes asked for off the number of inodes.
      return compare(aboveStorageRequest(b, b.disk.inodesUsed), aboveStorageRequest(a, a.disk.inodesUsed));
    case 'process':
      return (b.stats.processCount ?? 0) - (a.stats.processCount ?? 0);
  }
}

const exceedsMemory = ({ pod, stats }: Side) => compare(memoryUsage(stats), podRequest(pod, 'memory')) > 0;

const memoryAboveRequest = ({ pod, stats }: Side) => subtract(memoryUsage(stats), podRequest(pod, 'memory'));

const exceedsDisk = ({ pod, disk }: Side) =>
  compare(bytes(disk.usedBytes), podRequest(pod, 'ephemeral-storage')) > 0;

const aboveStorageRequest = ({ pod }: Side, used: number) =>
  subtract(quantity(used), podRequest(pod, 'ephemeral-storage'));

function trueFirst(a: boolean, b: boolean): number {
  return a === b ? 0 : a ? -1 : 1;
}
