/** Which of the free CPUs a container gets: whole sockets before whole cores before single threads. */
import { type CpuSet, difference, NO_CPUS, union } from './cpu-set.ts';
import { allCpus, type CpuTopology, countOf, cpusIn, idsOf, type Level } from './topology.ts';

/** `packed` fills cores; `spread` (distribute-cpus-across-cores) takes one thread of many. */
export type Sorting = 'packed' | 'spread';

export type Taken = { readonly cpus: CpuSet } | { readonly error: string };

/** What is still free, what is taken, how much is still needed (cpuAccumulator). */
interface Accumulator {
  readonly topology: CpuTopology;
  free: CpuSet;
  taken: CpuSet;
  needed: number;
}

/**
 * Takes `count` of `available`, best fit first: what is nearly used up goes before what is whole
 * (pkg/kubelet/cm/cpumanager/cpu_assignment.go takeByTopologyNUMAPacked).
 */
export function takePacked(
  topology: CpuTopology,
  available: CpuSet,
  count: number,
  sorting: Sorting = 'packed',
): Taken {
  if (count < 1) return { cpus: NO_CPUS };
  if (count > available.length) return { error: notEnough(count, available.length) };
  const acc: Accumulator = { topology, free: available, taken: NO_CPUS, needed: count };
  const [outer, inner] = levelsOf(topology);
  takeWhole(acc, outer, sortedIds(acc, outer));
  takeWhole(acc, inner, sortedIds(acc, inner));
  if (sorting === 'packed') takeWhole(acc, 'core', sortedIds(acc, 'core'));
  for (const cpu of singleCpus(acc, sorting)) {
    if (acc.needed < 1) break;
    take(acc, [cpu]);
  }
  return { cpus: acc.taken };
}

function notEnough(requested: number, available: number): string {
  return `not enough cpus available to satisfy request: requested=${requested}, available=${available}`;
}

/** Which of NUMA node and socket encloses the other on this machine: the outer one first. */
function levelsOf(topology: CpuTopology): readonly [outer: Level, inner: Level] {
  const numaIsOuter = countOf(topology, 'socket') >= countOf(topology, 'numa');
  return numaIsOuter ? ['numa', 'socket'] : ['socket', 'numa'];
}

/** Takes every whole one that is not more than what is needed. */
function takeWhole(acc: Accumulator, level: Level, ids: readonly number[]): void {
  for (const id of ids) {
    const whole = cpusIn(acc.topology, level, [id], allCpus(acc.topology));
    const free = cpusIn(acc.topology, level, [id], acc.free);
    if (free.length === whole.length && acc.needed >= whole.length) take(acc, whole);
  }
}

function take(acc: Accumulator, cpus: CpuSet): void {
  acc.taken = union(acc.taken, cpus);
  acc.free = difference(acc.free, cpus);
  acc.needed -= cpus.length;
}

/** The ids of a level that have free CPUs: within each enclosing one, the fewest free CPUs first, then by number. */
function sortedIds(acc: Accumulator, level: Level): readonly number[] {
  const [outer, inner] = levelsOf(acc.topology);
  const enclosing = level === 'core' ? inner : level === inner ? outer : undefined;
  if (enclosing === undefined) return byFree(acc, level, acc.free);
  return sortedIds(acc, enclosing).flatMap((id) =>
    byFree(acc, level, cpusIn(acc.topology, enclosing, [id], acc.free)),
  );
}

function byFree({ topology, free }: Accumulator, level: Level, among: CpuSet): readonly number[] {
  const freeIn = (id: number) => cpusIn(topology, level, [id], free).length;
  return [...idsOf(topology, level, among)].sort((a, b) => freeIn(a) - freeIn(b) || a - b);
}

/** The order in which single threads go: core by core, or across the cores of a socket. */
function singleCpus(acc: Accumulator, sorting: Sorting): CpuSet {
  const level = sorting === 'packed' ? 'core' : 'socket';
  return sortedIds(acc, level).flatMap((id) => cpusIn(acc.topology, level, [id], acc.free));
}
