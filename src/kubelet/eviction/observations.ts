/** What the statistics say of each signal: how much is left, and of how much (helpers.go makeSignalObservations). */

import { resourceOf, type Signal } from '../../api/eviction/signals.ts';
import { type Quantity, quantity } from '../../api/quantity/quantity.ts';
import type { FsStats, MemoryStats, StatsSummary } from '../../api/stats.ts';

/** Bytes, inodes or processes. */
export interface Observation {
  readonly available: number;
  readonly capacity: number;
  /** When it was measured; undefined when nobody wrote that down. */
  readonly atMs?: number;
}

/** A signal that was not measured has no entry, and its thresholds are never met. */
export type Observations = Readonly<Partial<Record<Signal, Observation>>>;

export function observationsOf({ node }: StatsSummary): Observations {
  const { memory, podsCgroup, fs, imageFs, containerFs, rlimit } = node;
  return {
    ...memoryOf('memory.available', memory),
    ...memoryOf('allocatableMemory.available', podsCgroup),
    ...fileSystemOf('nodefs', fs),
    ...fileSystemOf('imagefs', imageFs),
    ...fileSystemOf('containerfs', containerFs),
    ...(rlimit === undefined
      ? {}
      : {
          'pid.available': {
            available: rlimit.maxPID - rlimit.runningProcesses,
            capacity: rlimit.maxPID,
            atMs: rlimit.atMs,
          },
        }),
  };
}

function memoryOf(signal: Signal, stats: MemoryStats | undefined): Observations {
  if (stats?.availableBytes === undefined || stats.workingSetBytes === undefined) return {};
  const { availableBytes, workingSetBytes, atMs } = stats;
  return { [signal]: { available: availableBytes, capacity: availableBytes + workingSetBytes, atMs } };
}

function fileSystemOf(name: 'nodefs' | 'imagefs' | 'containerfs', stats: FsStats | undefined): Observations {
  if (stats === undefined) return {};
  const { availableBytes, capacityBytes, inodesFree, inodes, atMs } = stats;
  const bytes = availableBytes !== undefined && capacityBytes !== undefined;
  const nodes = inodesFree !== undefined && inodes !== undefined;
  return {
    ...(bytes ? { [`${name}.available`]: { available: availableBytes, capacity: capacityBytes, atMs } } : {}),
    ...(nodes ? { [`${name}.inodesFree`]: { available: inodesFree, capacity: inodes, atMs } } : {}),
  };
}

/** What is left, in the notation of its kind: bytes binary, inodes and processes decimal. */
export function availableOf(signal: Signal, { available }: Observation): Quantity {
  const resource = resourceOf(signal);
  const counts = resource === 'inodes' || resource === 'pids';
  return quantity(Math.ceil(available), 0, counts ? 'DecimalSI' : 'BinarySI');
}
