/** Where a pod wants to run, and beside whom (validation.go validateAffinity). */
import type { PodSpec } from '../types.ts';
import { type FieldError, forbidden, invalid, invalids, required } from './field-error.ts';
import { validateLabels } from './metadata.ts';
import { isDns1123Label, isDns1123Subdomain, isLabelKey, isLabelValue } from './names.ts';

type Affinity = NonNullable<PodSpec['affinity']>;
type NodeAffinity = NonNullable<Affinity['nodeAffinity']>;
type PodAffinity = NonNullable<Affinity['podAffinity']>;
type PodTerm = NonNullable<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number];
type NodeTerm = NonNullable<
  NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'][number];
type Requirement = NonNullable<NodeTerm['matchExpressions']>[number];
type LabelSelector = NonNullable<PodTerm['labelSelector']>;

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const NO_OPERATOR = 'not a valid selector operator';

/** The affinity of a pod to nodes and to other pods. */
export function validateAffinity(affinity: PodSpec['affinity'], field: string): FieldError[] {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity ?? {};
  return [
    ...validateNodeAffinity(nodeAffinity, `${field}.nodeAffinity`),
    ...validatePodAffinity(podAffinity, `${field}.podAffinity`),
    ...validatePodAffinity(podAntiAffinity, `${field}.podAntiAffinity`),
  ];
}

function validateNodeAffinity(affinity: NodeAffinity | undefined, field: string): FieldError[] {
  const must = affinity?.[REQUIRED];
  const errors: FieldError[] = [];
  if (must !== undefined) {
    const at = `${field}.${REQUIRED}.nodeSelectorTerms`;
    if (must.nodeSelectorTerms.length === 0) {
      errors.push(required(at, 'must have at least one node selector term'));
    }
    for (const [i, term] of must.nodeSelectorTerms.entries()) {
      errors.push(...validateNodeTerm(term, true, `${at}[${i}]`));
    }
  }
  for (const [i, { weight, preference }] of (affinity?.[PREFERRED] ?? []).entries()) {
    const at = `${field}.${PREFERRED}[${i}]`;
    errors.push(...validateWeight(weight, at));
    // Values that no label can have are let through: another term may still count.
    errors.push(...validateNodeTerm(preference, false, `${at}.preference`));
  }
  return errors;
}

function validateWeight(weight: number, field: string): FieldError[] {
  return weight >= 1 && weight <= 100
    ? []
    : [invalid(`${field}.weight`, weight, 'must be in the range 1-100')];
}

function validateNodeTerm(
  { matchExpressions = [], matchFields = [] }: NodeTerm,
  strict: boolean,
  field: string,
): FieldError[] {
  return [
    ...matchExpressions.flatMap((one, i) =>
      validateNodeRequirement(one, strict, `${field}.matchExpressions[${i}]`),
    ),
    ...matchFields.flatMap((one, i) => validateFieldRequirement(one, `${field}.matchFields[${i}]`)),
  ];
}

function validateNodeRequirement(
  { key, operator, values = [] }: Requirement,
  strict: boolean,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) {
      const detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
      errors.push(required(`${field}.values`, detail));
    }
  } else errors.push(...validateOperator(operator, values, field));
  errors.push(...invalids(`${field}.key`, key, isLabelKey(key)));
  return strict ? [...errors, ...validateValues(values, field)] : errors;
}

/** The operators that labels of nodes and of pods share. */
function validateOperator(operator: string, values: readonly string[], field: string): FieldError[] {
  const at = `${field}.values`;
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return [];
      return [required(at, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      if (values.length === 0) return [];
      return [forbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    default:
      return [invalid(`${field}.operator`, operator, NO_OPERATOR)];
  }
}

const validateValues = (values: readonly string[], field: string) =>
  values.flatMap((value, i) => invalids(`${field}.values[${i}]`, value, isLabelValue(value)));

/** A field of the node: its name is the only one. */
function validateFieldRequirement({ key, operator, values = [] }: Requirement, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalid(`${field}.operator`, operator, NO_OPERATOR));
  } else if (values.length !== 1) {
    const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(required(`${field}.values`, detail));
  }
  if (key !== 'metadata.name') {
    return [...errors, invalid(`${field}.key`, key, 'not a valid field selector key')];
  }
  const names = values.flatMap((value, i) =>
    invalids(`${field}.values[${i}]`, value, isDns1123Subdomain(value)),
  );
  return [...errors, ...names];
}

function validatePodAffinity(affinity: PodAffinity | undefined, field: string): FieldError[] {
  return [
    ...(affinity?.[REQUIRED] ?? []).flatMap((term, i) => validatePodTerm(term, `${field}.${REQUIRED}[${i}]`)),
    ...(affinity?.[PREFERRED] ?? []).flatMap(({ weight, podAffinityTerm }, i) => {
      const at = `${field}.${PREFERRED}[${i}]`;
      return [...validateWeight(weight, at), ...validatePodTerm(podAffinityTerm, `${at}.podAffinityTerm`)];
    }),
  ];
}

function validatePodTerm(term: PodTerm, field: string): FieldError[] {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey = '' } = term;
  const at = `${field}.topologyKey`;
  return [
    ...validateLabelSelector(labelSelector, `${field}.labelSelector`),
    ...validateLabelSelector(namespaceSelector, `${field}.namespaceSelector`),
    ...namespaces.flatMap((name) => invalids(`${field}.namespace`, name, isDns1123Label(name))),
    ...(topologyKey === '' ? [required(at, 'can not be empty')] : []),
    ...invalids(at, topologyKey, isLabelKey(topologyKey)),
  ];
}

/** A selector of labels (apimachinery meta/v1/validation ValidateLabelSelector). */
export function validateLabelSelector(selector: LabelSelector | undefined, field: string): FieldError[] {
  const { matchLabels, matchExpressions = [] } = selector ?? {};
  return [
    ...validateLabels(matchLabels, `${field}.matchLabels`),
    ...matchExpressions.flatMap(({ key, operator, values = [] }, i) => {
      const at = `${field}.matchExpressions[${i}]`;
      return [
        ...validateOperator(operator, values, at),
        ...invalids(`${at}.key`, key, isLabelKey(key)),
        ...validateValues(values, at),
      ];
    }),
  ];
}
