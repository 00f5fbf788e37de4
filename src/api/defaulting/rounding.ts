/** Kubernetes keeps resources to the thousandth and no finer (SetDefaults_ResourceList). */
import { formatQuantity } from '../quantity/format.ts';
import { mustParseQuantity } from '../quantity/parse.ts';
import { roundUp } from '../quantity/scale.ts';
import type { ResourceList } from '../resource-list.ts';

/** Quantities finer than a thousandth are rounded up to one. */
export function roundedList(list: ResourceList): Record<string, string> {
  const rounded = (text: string | number) =>
    formatQuantity(roundUp(mustParseQuantity(String(text)), -3).quantity);
  return Object.fromEntries(Object.entries(list).map(([name, text]) => [name, rounded(text)]));
}

/** The same for requests and limits. */
export function roundedResources<R extends { requests?: ResourceList; limits?: ResourceList }>(
  resources: R,
): R {
  return {
    ...resources,
    ...(resources.requests && { requests: roundedList(resources.requests) }),
    ...(resources.limits && { limits: roundedList(resources.limits) }),
  };
}
