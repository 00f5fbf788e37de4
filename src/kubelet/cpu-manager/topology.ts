/** Which core, socket and NUMA node each logical CPU of the node belongs to. */
import { type CpuSet, cpuSet } from './cpu-set.ts';

/** A level of the machine that CPUs share. */
export type Level = 'core' | 'socket' | 'numa';

/** Where one logical CPU is; core numbers are unique on the machine. */
export type CpuPlace = Readonly<Record<Level, number>>;

/** pkg/kubelet/cm/cpumanager/topology CPUTopology: the place of CPU `i` is `cpus[i]`. */
export interface CpuTopology {
  readonly cpus: readonly CpuPlace[];
}

export function allCpus({ cpus }: CpuTopology): CpuSet {
  return cpus.map((_, cpu) => cpu);
}

/** The ids of a level that these CPUs touch, ascending. */
export function idsOf({ cpus }: CpuTopology, level: Level, among: CpuSet): readonly number[] {
  return cpuSet(among.map((cpu) => cpus[cpu]?.[level] ?? 0));
}

/** Those of `among` that are in one of `ids`. */
export function cpusIn({ cpus }: CpuTopology, level: Level, ids: readonly number[], among: CpuSet): CpuSet {
  return among.filter((cpu) => ids.includes(cpus[cpu]?.[level] ?? -1));
}

export function countOf(topology: CpuTopology, level: Level): number {
  return idsOf(topology, level, allCpus(topology)).length;
}

/** Hardware threads a core (CPUsPerCore). */
export function cpusPerCore(topology: CpuTopology): number {
  return Math.trunc(topology.cpus.length / countOf(topology, 'core'));
}

/**
 * A machine of equal sockets, one NUMA node each. Its CPUs are numbered as the kernel does: the first thread
 * of every core, then the second ones.
 */
export function uniformTopology(cpuCount: number, socketCount = 1, threadsPerCore = 1): CpuTopology {
  const coreCount = Math.ceil(cpuCount / threadsPerCore);
  const cpus = Array.from({ length: cpuCount }, (_, cpu) => {
    const core = cpu % coreCount;
    const socket = Math.trunc((core * socketCount) / coreCount);
    return { core, socket, numa: socket };
  });
  return { cpus };
}
