/** Whether the node is one that the pod may run on (component-helpers scheduling/corev1/nodeaffinity). */
import { matchesNodeSelector } from '../../api/node-selector.ts';
import type { PodSpec } from '../../api/types.ts';

/** Every label of `nodeSelector`, and one of the required terms (GetRequiredNodeAffinity, Match). */
export function matchesNode(
  { nodeSelector, affinity }: Pick<PodSpec, 'nodeSelector' | 'affinity'>,
  node: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
): boolean {
  const selected = Object.entries(nodeSelector ?? {}).every(([key, value]) => node.labels[key] === value);
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return selected && (required === undefined || matchesNodeSelector(required, node));
}
