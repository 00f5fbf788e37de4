/**
 * distribute-cpus-across-numa: a container that needs more than one NUMA node gets an even share of each, so that
 * what is left is even too (pkg/kubelet/cm/cpumanager/cpu_assignment.go takeByTopologyNUMADistributed).
 */
import { type Sorting, type Taken, takePacked } from './assignment.ts';
import { type CpuSet, difference, NO_CPUS, union } from './cpu-set.ts';
import { type CpuTopology, countOf, cpusIn, idsOf } from './topology.ts';

/** How the request is laid on some NUMA nodes; `balance` is how uneven the free CPUs are afterwards. */
interface Layout {
  readonly nodes: readonly number[];
  /** What each of them gives. */
  readonly share: number;
  /** Those that give the rest, group by group. */
  readonly rest: readonly number[];
  readonly balance: number;
}

export interface DistributionInput {
  readonly topology: CpuTopology;
  readonly available: CpuSet;
  readonly count: number;
  /** CPUs that are given only together: the threads of a core, or 1. */
  readonly groupSize: number;
  readonly sorting: Sorting;
}

export function takeDistributed(input: DistributionInput): Taken {
  const { topology, available, count, groupSize, sorting } = input;
  const packed = () => takePacked(topology, available, count, sorting);
  if (count < 1 || count > available.length || count % groupSize !== 0) return packed();
  const free = new Map(
    idsOf(topology, 'numa', available).map((id) => [id, cpusIn(topology, 'numa', [id], available).length]),
  );
  // The fullest first, as for whole NUMA nodes.
  const nodes = [...free.keys()].sort((a, b) => (free.get(a) ?? 0) - (free.get(b) ?? 0) || a - b);
  const groups = count / groupSize;
  const groupsPerNode = Math.ceil(Math.ceil(topology.cpus.length / groupSize) / countOf(topology, 'numa'));
  const most = Math.min(groups, nodes.length);
  for (let size = Math.ceil(groups / groupsPerNode); size <= most; size++) {
    const best = bestLayout(combinations(nodes, size), free, count, groupSize);
    if (best !== undefined) return take(input, best);
  }
  return packed();
}

/** The first of the most even ones. */
function bestLayout(
  combos: readonly (readonly number[])[],
  free: ReadonlyMap<number, number>,
  count: number,
  groupSize: number,
): Layout | undefined {
  let best: Layout | undefined;
  for (const nodes of combos) {
    const share = Math.trunc(count / nodes.length / groupSize) * groupSize;
    const sizes = nodes.map((id) => free.get(id) ?? 0);
    const groups = sizes.reduce((sum, size) => sum + Math.trunc(size / groupSize), 0);
    if (groups * groupSize < count || sizes.some((size) => size < share)) continue;
    const left = new Map([...free].map(([id, size]) => [id, nodes.includes(id) ? size - share : size]));
    const restGroups = (count - share * nodes.length) / groupSize;
    const layout = bestRest(nodes, share, left, restGroups, groupSize);
    if (layout !== undefined && (best === undefined || layout.balance < best.balance)) best = layout;
  }
  return best;
}

/** What does not go evenly comes from those nodes that leave the rest most even. */
function bestRest(
  nodes: readonly number[],
  share: number,
  left: ReadonlyMap<number, number>,
  restGroups: number,
  groupSize: number,
): Layout | undefined {
  if (restGroups === 0) return { nodes, share, rest: [], balance: deviation([...left.values()]) };
  const able = nodes.filter((id) => (left.get(id) ?? 0) >= groupSize);
  let best: Layout | undefined;
  // When fewer nodes than groups can give, each of them gives several.
  for (const rest of combinations(able, Math.min(restGroups, able.length))) {
    const after = new Map(left);
    if (!giveInTurn(rest, after, restGroups, groupSize)) continue;
    const balance = deviation([...after.values()]);
    if (best === undefined || balance < best.balance) best = { nodes, share, rest, balance };
  }
  return best;
}

function giveInTurn(
  from: readonly number[],
  left: Map<number, number>,
  groups: number,
  groupSize: number,
): boolean {
  for (let given = 0; given < groups; ) {
    const before = given;
    for (const id of from) {
      const size = left.get(id) ?? 0;
      if (given === groups || size < groupSize) continue;
      left.set(id, size - groupSize);
      given++;
    }
    if (given === before) return false;
  }
  return true;
}

function take({ topology, available, count, groupSize, sorting }: DistributionInput, layout: Layout): Taken {
  let taken: CpuSet = NO_CPUS;
  const from = (id: number, size: number): boolean => {
    const free = cpusIn(topology, 'numa', [id], difference(available, taken));
    if (free.length < size) return false;
    const part = takePacked(topology, free, size, sorting);
    if ('error' in part) return false;
    taken = union(taken, part.cpus);
    return true;
  };
  for (const id of layout.nodes) from(id, layout.share);
  while (taken.length < count) {
    const before = taken.length;
    for (const id of layout.rest) if (taken.length < count) from(id, groupSize);
    if (taken.length === before) return takePacked(topology, available, count, sorting);
  }
  return { cpus: taken };
}

/** To three digits, as the real one compares it. */
function deviation(values: readonly number[]): number {
  const round = (value: number) => Math.round(value * 1000) / 1000;
  const mean = round(values.reduce((sum, value) => sum + value, 0) / values.length);
  return round(Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length));
}

/** Every choice of `size` of `items`, in their order. */
function combinations(items: readonly number[], size: number): readonly (readonly number[])[] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) =>
    combinations(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]),
  );
}
