/** oom-score.json: oom_score_adj of every container of a pod. */
import type { Container } from '../../../src/api/types.ts';
import { oomScoreAdjust } from '../../../src/kubelet/resources/oom-score.ts';
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
}

type Expected = Readonly<
  Record<string, { readonly exact?: number; readonly min?: number; readonly max?: number }>
>;

function container({ name, requests, limits, restartPolicy }: ShortContainer): Container {
  return { name, resources: { requests, limits }, ...(restartPolicy ? { restartPolicy } : {}) };
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
  const all = [...initContainers, ...containers].filter(({ name }) => name in expected);
  return Object.fromEntries(
    all.map((one) => [one.name, told(oomScoreAdjust(spec, one, input.memoryCapacity), expected[one.name])]),
  );
}

/** A score within the asked bounds is told as these bounds. */
function told(score: number, { exact, min, max }: Expected[string] = {}) {
  const within = exact === undefined && score >= (min ?? -1000) && score <= (max ?? 1000);
  return within ? { min, max } : { exact: score };
}

export default { groups: { '': scores } } satisfies VectorAdapter;
