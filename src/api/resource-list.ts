/** Lists of resources (`cpu: 500m, memory: 1Gi`) as numbers, and what a whole pod asks for. */
import { formatQuantity } from './quantity/format.ts';
import { mustParseQuantity } from './quantity/parse.ts';
import { add, maximum, type Quantity } from './quantity/quantity.ts';
import type { Container, PodSpec } from './types.ts';

/** Quantities by resource name. */
export type Amounts = ReadonlyMap<string, Quantity>;

/** The list as it stands in an object. */
export type ResourceList = Readonly<Record<string, string | number>>;

/** `hugepages-2Mi` and the like (helpers.go IsHugePageResourceName). */
export const isHugePages = (name: string) => name.startsWith('hugepages-');

/** The quantities of a list that was validated. */
export function amountsOf(list: ResourceList | undefined): Amounts {
  return new Map(Object.entries(list ?? {}).map(([name, text]) => [name, mustParseQuantity(String(text))]));
}

/** The list as an object holds it, every quantity in canonical form. */
export function resourceListOf(amounts: Amounts): Record<string, string> {
  return Object.fromEntries([...amounts].map(([name, amount]) => [name, formatQuantity(amount)]));
}

/** Resource by resource, what both ask for together. */
export function sumAmounts(a: Amounts, b: Amounts): Amounts {
  return merged(a, b, add);
}

/** Resource by resource, the larger of the two. */
function maximumAmounts(a: Amounts, b: Amounts): Amounts {
  return merged(a, b, maximum);
}

/**
 * What the containers of a pod need at most at one time: containers and sidecars together, or one init
 * container beside the sidecars before it, whichever is more
 * (component-helpers resource/helpers.go AggregateContainerRequests, AggregateContainerLimits).
 */
export function aggregateContainers(
  spec: Pick<PodSpec, 'containers' | 'initContainers'>,
  listOf: (container: Container) => ResourceList | undefined,
): Amounts {
  const none: Amounts = new Map();
  let running = spec.containers.reduce(
    (sum, container) => sumAmounts(sum, amountsOf(listOf(container))),
    none,
  );
  let sidecars = none;
  let initAtMost = none;
  for (const container of spec.initContainers ?? []) {
    const own = amountsOf(listOf(container));
    if (container.restartPolicy === 'Always') {
      running = sumAmounts(running, own);
      sidecars = sumAmounts(sidecars, own);
      initAtMost = maximumAmounts(initAtMost, sidecars);
    } else {
      initAtMost = maximumAmounts(initAtMost, sumAmounts(own, sidecars));
    }
  }
  return maximumAmounts(running, initAtMost);
}

function merged(a: Amounts, b: Amounts, combine: (a: Quantity, b: Quantity) => Quantity): Amounts {
  const result = new Map(a);
  for (const [name, amount] of b) {
    const before = result.get(name);
    result.set(name, before ? combine(before, amount) : amount);
  }
  return result;
}
