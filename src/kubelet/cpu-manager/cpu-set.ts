/** Sets of logical CPUs in the kernel's list form (`0-3,8`), the currency of the CPU manager. */

/** CPU numbers, ascending, each once. */
export type CpuSet = readonly number[];

export const NO_CPUS: CpuSet = [];

export function cpuSet(cpus: Iterable<number>): CpuSet {
  return [...new Set(cpus)].sort((a, b) => a - b);
}

export function union(...sets: readonly CpuSet[]): CpuSet {
  return cpuSet(sets.flat());
}

/** What is in `a` and not in `b`. */
export function difference(a: CpuSet, b: CpuSet): CpuSet {
  const taken = new Set(b);
  return a.filter((cpu) => !taken.has(cpu));
}

export function intersection(a: CpuSet, b: CpuSet): CpuSet {
  const common = new Set(b);
  return a.filter((cpu) => common.has(cpu));
}

export function sameCpus(a: CpuSet, b: CpuSet): boolean {
  return a.length === b.length && a.every((cpu, i) => cpu === b[i]);
}

/** `0-3,8`; empty for no CPU (k8s.io/utils/cpuset CPUSet.String). */
export function formatCpus(cpus: CpuSet): string {
  const ranges: [from: number, to: number][] = [];
  for (const cpu of cpus) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === cpu - 1) last[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** Reads the list form; the errors are Go's words (k8s.io/utils/cpuset Parse). */
export function parseCpus(text: string): CpuSet | { readonly error: string } {
  if (text === '') return NO_CPUS;
  const cpus: number[] = [];
  for (const range of text.split(',')) {
    const dash = range.indexOf('-');
    const ends = dash < 0 ? [range] : [range.slice(0, dash), range.slice(dash + 1)];
    const bad = ends.find((end) => !/^[+-]?\d+$/.test(end));
    if (bad !== undefined) return { error: `strconv.Atoi: parsing ${JSON.stringify(bad)}: invalid syntax` };
    const [from = 0, to = from] = ends.map(Number);
    if (from > to) return { error: `invalid range ${JSON.stringify(range)} (${from} > ${to})` };
    for (let cpu = from; cpu <= to; cpu++) cpus.push(cpu);
  }
  return cpuSet(cpus);
}
