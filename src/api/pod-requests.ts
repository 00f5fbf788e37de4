/** What a whole pod asks of its node, its overhead included. */
import { quantityMilliValue, quantityValue } from './quantity/scale.ts';
import { type Amounts, aggregateContainers, amountsOf, sumAmounts } from './resource-list.ts';
import type { PodSpec } from './types.ts';

/** The resources that a pod's own list may set (component-helpers resource/helpers.go). */
const POD_LEVEL = /^(cpu|memory|hugepages-.+)$/;

/** component-helpers resource/helpers.go PodRequests: pod-level requests win, the overhead comes on top. */
export function podRequests(
  spec: Pick<PodSpec, 'containers' | 'initContainers' | 'resources' | 'overhead'>,
): Amounts {
  const requests = new Map(aggregateContainers(spec, ({ resources }) => resources?.requests));
  for (const [name, amount] of amountsOf(spec.resources?.requests)) {
    if (POD_LEVEL.test(name)) requests.set(name, amount);
  }
  return sumAmounts(requests, amountsOf(spec.overhead));
}

/** PodLimits: likewise; the overhead comes on top of what has a limit at all. */
export function podLimits(
  spec: Pick<PodSpec, 'containers' | 'initContainers' | 'resources' | 'overhead'>,
): Amounts {
  const limits = new Map(aggregateContainers(spec, ({ resources }) => resources?.limits));
  for (const [name, amount] of amountsOf(spec.resources?.limits)) {
    if (POD_LEVEL.test(name)) limits.set(name, amount);
  }
  const overhead = [...amountsOf(spec.overhead)].filter(([name]) => limits.has(name));
  return sumAmounts(limits, new Map(overhead));
}

/** A list in the units that the kubelet counts in: thousandths of a CPU, bytes, or pieces. */
export function countedAmounts(amounts: Amounts): ReadonlyMap<string, number> {
  return new Map(
    [...amounts].map(([name, amount]) => [
      name,
      name === 'cpu' ? quantityMilliValue(amount) : quantityValue(amount),
    ]),
  );
}
