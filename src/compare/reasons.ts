/**
 * The table of known reasons: why one and the same manifest may leave other traces on WebAssembly than on Docker. What
 * no row of it explains is a difference that a comparison fails for. README's table is made from it.
 */
import type { CompareKey } from '../messages/compare.ts';
import type { FactKind } from './facts.ts';
import type { Pair, Stretch } from './line-up.ts';
import type { Variable } from './variables.ts';

/** A row that is not the same on both sides, and what else its side of the lane holds. */
export interface Difference extends Pair {
  readonly kind: FactKind;
  readonly lane: { readonly left: readonly Stretch[]; readonly right: readonly Stretch[] };
}

export interface KnownReason {
  readonly name: string;
  readonly text: CompareKey;
  explains(difference: Difference): boolean;
}

/** For rows that mean the same: which values differ, and why. */
export const VALUE_REASONS: Readonly<Record<Variable, CompareKey>> = {
  id: 'compare.reason.id',
  address: 'compare.reason.address',
  size: 'compare.reason.size',
  duration: 'compare.reason.duration',
};

const texts = ({ left, right }: Pair) => [left, right].flatMap((side) => side?.meaning ?? []);
const every = (pair: Pair, pattern: RegExp) => texts(pair).every((text) => pattern.test(text));
const both = ({ left, right }: Pair) => left !== undefined && right !== undefined;

/** The first that explains it is told. */
export const KNOWN_REASONS: readonly KnownReason[] = [
  {
    name: 'imagePresent',
    text: 'compare.reason.imagePresent',
    explains: (row) => row.kind === 'pull' && every(row, /^(Pulling: |Pulled: )/),
  },
  {
    name: 'registryWords',
    text: 'compare.reason.registryWords',
    explains: (row) => row.kind === 'pull' && both(row) && every(row, /^Failed: Failed to pull image/),
  },
  {
    name: 'startFailure',
    text: 'compare.reason.startFailure',
    explains: (row) =>
      both(row) &&
      (every(row, /^exit 12[678] (StartError|ContainerCannotRun)/) ||
        every(row, /^Failed: Error: .*(failed to (create|start)|OCI runtime|executable file not found)/)),
  },
  {
    name: 'outOfMemory',
    text: 'compare.reason.outOfMemory',
    explains: (row) =>
      row.kind === 'exit' &&
      both(row) &&
      every(row, /^exit \d+ (OOMKilled|Error)/) &&
      texts(row).some((text) => text.includes('OOMKilled')),
  },
  {
    name: 'probeOutput',
    text: 'compare.reason.probeOutput',
    explains: (row) => row.kind === 'probe' && both(row) && sameUpTo(row, 'probe failed'),
  },
  {
    name: 'startLatency',
    text: 'compare.reason.startLatency',
    explains: (row) =>
      row.kind === 'probe' &&
      !both(row) &&
      every(row, /^(Unhealthy: (Readiness|Startup) |(readiness|startup): )/),
  },
  {
    name: 'furtherRounds',
    text: 'compare.reason.furtherRounds',
    explains: isFurtherRound,
  },
];

/** Both texts are the same up to and with `mark`. */
function sameUpTo({ left, right }: Pair, mark: string): boolean {
  const head = ({ meaning }: Stretch) => meaning.slice(0, meaning.indexOf(mark) + mark.length);
  if (left === undefined || right === undefined) return false;
  return left.meaning.includes(mark) && head(left) === head(right);
}

/** The end of a lane in which one side has done once more what both have done before. */
function isFurtherRound({ left, right, lane }: Difference): boolean {
  const one = left ?? right;
  if (one === undefined || (left !== undefined && right !== undefined)) return false;
  const [own, other] = left === undefined ? [lane.right, lane.left] : [lane.left, lane.right];
  const before = own.slice(0, own.indexOf(one));
  const has = (stretches: readonly Stretch[]) => stretches.some(({ meaning }) => meaning === one.meaning);
  return has(before) && has(other);
}
