/** Which nodes a persistent volume can be used on. */

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface NodeSelector {
  readonly nodeSelectorTerms: readonly { readonly matchExpressions?: readonly Requirement[] }[];
}

/** component-helpers nodeaffinity: one term has to match, and of it every requirement; a term without any matches nothing. */
export function nodeAffinityMatches(
  { nodeSelectorTerms }: NodeSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return nodeSelectorTerms.some(
    ({ matchExpressions = [] }) =>
      matchExpressions.length > 0 && matchExpressions.every((requirement) => holds(requirement, labels)),
  );
}

function holds(
  { key, operator, values = [] }: Requirement,
  labels: Readonly<Record<string, string>>,
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
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}
