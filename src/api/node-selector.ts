/** Node selectors and their requirements on labels (component-helpers scheduling/corev1/nodeaffinity, apimachinery labels). */

type Labels = Readonly<Record<string, string>>;

/** A requirement of a label selector or of a node selector. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

interface NodeSelectorTerm {
  readonly matchExpressions?: readonly LabelRequirement[];
  readonly matchFields?: readonly LabelRequirement[];
}

export interface NodeSelector {
  readonly nodeSelectorTerms: readonly NodeSelectorTerm[];
}

/** One term has to match, and of it every requirement; a term without any matches nothing (NodeSelector.Match). */
export function matchesNodeSelector(
  { nodeSelectorTerms }: NodeSelector,
  { name, labels }: { readonly name: string; readonly labels: Labels },
): boolean {
  return nodeSelectorTerms.some(
    ({ matchExpressions = [], matchFields = [] }) =>
      matchExpressions.length + matchFields.length > 0 &&
      matchExpressions.every((requirement) => matchesRequirement(requirement, labels)) &&
      matchFields.every((requirement) => matchesRequirement(requirement, { 'metadata.name': name })),
  );
}

/** apimachinery labels/selector.go Requirement.Matches; numbers are whole ones. */
export function matchesRequirement(
  { key, operator, values = [] }: LabelRequirement,
  labels: Labels,
): boolean {
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
