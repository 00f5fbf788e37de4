/** oom-score.json: oom_score_adj of every container of a pod. */

import { mustParseQuantity } from '../../../src/api/quantity/parse.ts';
import { quantityValue } from '../../../src/api/quantity/scale.ts';
import type { Container } from '../../../src/api/types.ts';
import { type MemoryClaim, OOM_SCORE_ADJ, oomScoreAdjust } from '../../../src/kubelet/resources/oom-score.ts';
import { pod } from '../../kubelet/fixtures.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

interface ShortContainer {
  readonly name: string;
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
  readonly restartPolicy?: string;
}

interface Input {
  readonly memoryCapacity: number;
  readonly containers: readonly ShortContainer[];
  readonly initContainers?: readonly ShortContainer[];
  readonly podResources?: {
    readonly requests: Record<string, string>;
    readonly limits: Record<string, string>;
  };
  readonly priorityClassName?: string;
  readonly DRANodeAllocatableResources?: boolean;
  readonly draClaim?: {
    readonly containers: readonly string[];
    readonly mapping?: string;
    readonly perPodOverhead?: string;
    readonly perContainerOverhead?: string;
  };
  /** With it the case is about this container's score without and with the tie-break. */
  readonly container?: string;
}

interface Bounds {
  readonly exact?: number;
  readonly min?: number;
  readonly max?: number;
}

type Expected = Readonly<Record<string, Bounds>>;

function container({ name, requests, limits, restartPolicy }: ShortContainer): Container {
  return { name, resources: { requests, limits }, ...(restartPolicy ? { restartPolicy } : {}) };
}

function claimsOf({ draClaim, DRANodeAllocatableResources = true }: Input): readonly MemoryClaim[] {
  if (draClaim === undefined || !DRANodeAllocatableResources) return [];
  const { containers, mapping, perPodOverhead, perContainerOverhead } = draClaim;
  const bytes = (text = '0') => quantityValue(mustParseQuantity(text));
  return [
    {
      containers,
      sharedBytes: bytes(mapping) + bytes(perPodOverhead),
      perContainerBytes: bytes(perContainerOverhead),
    },
  ];
}

function scores({ input, expected }: VectorCase<Input, Expected>) {
  const initContainers = (input.initContainers ?? []).map(container);
  const containers = input.containers.map(container);
  const { spec } = pod({
    containers,
    initContainers,
    ...(input.podResources ? { resources: input.podResources } : {}),
    ...(input.priorityClassName ? { priorityClassName: input.priorityClassName } : {}),
  });
  const claims = claimsOf(input);
  const scoreOf = (one: Container, tieBreak: boolean) =>
    oomScoreAdjust(spec, one, input.memoryCapacity, { tieBreak, claims });
  const all = [...initContainers, ...containers];
  const asked = all.find(({ name }) => name === input.container);
  if (asked !== undefined) return { tieBreakOff: scoreOf(asked, false), tieBreakOn: scoreOf(asked, true) };
  const told = all.filter(({ name }) => name in expected);
  return Object.fromEntries(told.map((one) => [one.name, within(scoreOf(one, false), expected[one.name])]));
}

/** A score within the asked bounds is told as these bounds. */
function within(score: number, { exact, min, max }: Bounds = {}) {
  const holds = exact === undefined && score >= (min ?? -1000) && score <= (max ?? 1000);
  return holds ? { min, max } : { exact: score };
}

/** The formulas in words are checked by the other cases. */
function constants({ expected }: VectorCase<unknown, Readonly<Record<string, unknown>>>) {
  return { ...expected, ...OOM_SCORE_ADJ };
}

export default { groups: { '': scores, constants } } satisfies VectorAdapter;
