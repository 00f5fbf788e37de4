/** Lays two sequences of facts beside each other: what means the same stands in one row, the rest has a side of its own. */
import type { Fact } from './facts.ts';
import { meaningOf } from './variables.ts';

/** Equal facts in a row, taken together: how often is a matter of timing. */
export interface Stretch {
  readonly meaning: string;
  /** As the first of them was told. */
  readonly text: string;
  readonly count: number;
  readonly elapsedMs: number;
}

/** One side may have nothing. */
export interface Pair {
  readonly left?: Stretch;
  readonly right?: Stretch;
}

/** The longest lane that is compared; of a longer one the beginning is. */
const LONGEST_LANE = 500;

/** Rows in the order of both sides; facts of one gap that begin with the same word stand side by side. */
export function lineUp(left: readonly Fact[], right: readonly Fact[]): readonly Pair[] {
  const [a, b] = [stretchesOf(left), stretchesOf(right)];
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  for (const [matchA, matchB] of [...longestCommon(a, b), [a.length, b.length] as const]) {
    pairs.push(...gap(a.slice(i, matchA), b.slice(j, matchB)));
    const [one, other] = [a[matchA], b[matchB]];
    if (one !== undefined && other !== undefined) pairs.push({ left: one, right: other });
    [i, j] = [matchA + 1, matchB + 1];
  }
  return pairs;
}

function stretchesOf(facts: readonly Fact[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { text, elapsedMs } of facts) {
    const meaning = meaningOf(text);
    const last = stretches.at(-1);
    if (last?.meaning === meaning) stretches[stretches.length - 1] = { ...last, count: last.count + 1 };
    else stretches.push({ meaning, text, count: 1, elapsedMs });
  }
  return stretches.slice(0, LONGEST_LANE);
}

/** Indices of both sides that belong together, rising: the longest common subsequence by meaning. */
function longestCommon(a: readonly Stretch[], b: readonly Stretch[]): (readonly [number, number])[] {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const same = a[i]?.meaning === b[j]?.meaning;
      lengths[i * width + j] = same ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const common: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i]?.meaning === b[j]?.meaning) common.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return common;
}

/** What two sides have between two rows that are the same. */
function gap(left: readonly Stretch[], right: readonly Stretch[]): Pair[] {
  const rest = [...right];
  const pairs = left.map((one): Pair => {
    const at = rest.findIndex((other) => headOf(other) === headOf(one));
    const [other] = at < 0 ? [] : rest.splice(at, 1);
    return other === undefined ? { left: one } : { left: one, right: other };
  });
  return [...pairs, ...rest.map((other): Pair => ({ right: other }))];
}

/** `Unhealthy` of `Unhealthy: ...`, `Ready` of `Ready=True`, `exit` of `exit 1 Error`. */
const headOf = ({ meaning }: Stretch) => /^[\w.-]*/.exec(meaning)?.[0] ?? '';
