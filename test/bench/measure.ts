/** Numbers of repeated measurements, and how they are shown. */

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

/** One piece of work that is measured beside others. */
export interface Contender {
  readonly what: string;
  readonly work: () => Promise<void>;
  /** Runs in every round; default 1. */
  readonly perRound?: number;
}

/**
 * Milliseconds of each run of each contender, all of them in every one of `rounds`, so that a machine that slows
 * down or is busy for a while does so for all. A round that does not count comes first.
 */
export async function interleaved(rounds: number, contenders: readonly Contender[]): Promise<Line[]> {
  const values = contenders.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [index, { work, perRound = 1 }] of contenders.entries()) {
      for (let run = 0; run < perRound; run++) {
        const startedAt = performance.now();
        await work();
        if (round >= 0) values[index]?.push(performance.now() - startedAt);
      }
    }
  }
  return contenders.map(({ what }, index) => ({ what, figures: figures(values[index] ?? []) }));
}

/** A measured piece of work. */
export interface Line {
  readonly what: string;
  readonly figures: Figures;
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}

/** The rows of a table, with its header. */
export function rowsOf(lines: readonly Line[]): string[][] {
  return [
    ['', 'median', 'p95', 'runs'],
    ...lines.map(({ what, figures: { median, p95, count } }) => [
      what,
      milliseconds(median),
      milliseconds(p95),
      String(count),
    ]),
  ];
}
