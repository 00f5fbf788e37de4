/** Numbers of repeated measurements, and how they are shown. */
import { table } from '../../src/cli/table.ts';

export interface Figures {
  readonly median: number;
  readonly p95: number;
  readonly count: number;
}

/** The middle and the 95th percentile (nearest rank) of at least one value. */
export function figures(values: readonly number[]): Figures {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { median: at(0.5), p95: at(0.95), count: sorted.length };
}

/** Milliseconds of each of `count` runs of `work`, one after the other, after `warmUps` that do not count. */
export async function repeat(count: number, warmUps: number, work: () => Promise<void>): Promise<Figures> {
  const values: number[] = [];
  for (let run = -warmUps; run < count; run++) {
    const startedAt = performance.now();
    await work();
    if (run >= 0) values.push(performance.now() - startedAt);
  }
  return figures(values);
}

/** One line of the result; `values` are ready to read. */
export interface Line {
  readonly what: string;
  readonly values: readonly string[];
}

export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}

export function show(lines: readonly Line[]): string {
  return table([['', 'median', 'p95', 'runs'], ...lines.map(({ what, values }) => [what, ...values])]);
}

export function lineOf(what: string, { median, p95, count }: Figures): Line {
  return { what, values: [milliseconds(median), milliseconds(p95), String(count)] };
}
