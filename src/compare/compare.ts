/** Two runs of the same manifests side by side: what is the same, what differs and why, what differs and should not. */
import type { CompareKey } from '../messages/compare.ts';
import { FACT_KINDS, type Fact, type FactKind } from './facts.ts';
import { lineUp, type Pair, type Stretch } from './line-up.ts';
import { KNOWN_REASONS, VALUE_REASONS } from './reasons.ts';
import { differingVariables } from './variables.ts';

export interface ComparedRow extends Pair {
  readonly verdict: 'same' | 'explained' | 'different';
  /** Why an explained row differs. */
  readonly reasons: readonly CompareKey[];
}

/** The facts of one kind about one container, or about the pod itself. */
export interface ComparedLane {
  readonly pod: string;
  readonly container: string;
  readonly kind: FactKind;
  readonly rows: readonly ComparedRow[];
}

/** Lanes by pod, by container (the pod's own first), by kind. */
export function compareFacts(left: readonly Fact[], right: readonly Fact[]): readonly ComparedLane[] {
  const [ours, theirs] = [laneMap(left), laneMap(right)];
  const keys = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  return keys.map((key) => {
    const [a, b] = [ours.get(key) ?? [], theirs.get(key) ?? []];
    const { pod = '', container = '', kind = 'event' } = a[0] ?? b[0] ?? {};
    const pairs = lineUp(a, b);
    const lane = {
      left: pairs.flatMap((pair) => pair.left ?? []),
      right: pairs.flatMap((pair) => pair.right ?? []),
    };
    return { pod, container, kind, rows: pairs.map((pair) => judged(pair, kind, lane)) };
  });
}

/** How many rows have each verdict. */
export function tally(lanes: readonly ComparedLane[]): Readonly<Record<ComparedRow['verdict'], number>> {
  const rows = lanes.flatMap((lane) => lane.rows);
  const count = (wanted: ComparedRow['verdict']) => rows.filter(({ verdict }) => verdict === wanted).length;
  return { same: count('same'), explained: count('explained'), different: count('different') };
}

function laneMap(facts: readonly Fact[]): Map<string, Fact[]> {
  const lanes = new Map<string, Fact[]>();
  for (const fact of facts) {
    const key = [fact.pod, fact.container, FACT_KINDS.indexOf(fact.kind)].join('\n');
    const lane = lanes.get(key);
    if (lane === undefined) lanes.set(key, [fact]);
    else lane.push(fact);
  }
  return lanes;
}

function judged(
  pair: Pair,
  kind: FactKind,
  lane: { readonly left: readonly Stretch[]; readonly right: readonly Stretch[] },
): ComparedRow {
  const { left, right } = pair;
  if (left !== undefined && right?.meaning === left.meaning) {
    const reasons = differingVariables(left.text, right.text).map((name) => VALUE_REASONS[name]);
    return { ...pair, verdict: reasons.length === 0 ? 'same' : 'explained', reasons };
  }
  const known = KNOWN_REASONS.find((reason) => reason.explains({ ...pair, kind, lane }));
  if (known === undefined) return { ...pair, verdict: 'different', reasons: [] };
  return { ...pair, verdict: 'explained', reasons: [known.text] };
}
