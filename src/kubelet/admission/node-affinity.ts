/** Whether the node is one that the pod may run on (component-helpers scheduling/corev1/nodeaffinity). */
import type { PodSpec } from '../../api/types.ts';

type Labels = Readonly<Record<string, string>>;
type Affinity = NonNullable<PodSpec['affinity']>;
type Required = NonNullable<
  NonNullable<Affinity['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>;
type Term = Required['nodeSelectorTerms'][number];
type Requirement = NonNullable<Term['matchExpressions']>[number];

/** Every label of `nodeSelector`, and one of the required terms (GetRequiredNodeAffinity, Match). */
export function matchesNode(
  { nodeSelector, affinity }: Pick<PodSpec, 'nodeSelector' | 'affinity'>,
  node: { readonly name: string; readonly labels: Labels },
): boolean {
  const selected = Object.entries(nodeSelector ?? {}).every(([key, value]) => node.labels[key] === value);
  if (!selected) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** An empty term matches nothing. */
function matchesTerm(
  { matchExpressions = [], matchFields = [] }: Term,
  { name, labels }: { readonly name: string; readonly labels: Labels },
): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => matchesRequirement(requirement, labels)) &&
    matchFields.every((requirement) => matchesRequirement(requirement, { 'metadata.name': name }))
  );
}

/** apimachinery labels/selector.go Requirement.Matches; numbers are whole ones. */
function matchesRequirement({ key, operator, values = [] }: Requirement, labels: Labels): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      const [own, than] = [wholeNumber(value), wholeNumber(values[0])];
      if (own === undefined || than === undefined) return false;
      return operator === 'Gt' ? own > than : own < than;
    }
    default:
      return false;
  }
}

function wholeNumber(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? BigInt(text) : undefined;
}
