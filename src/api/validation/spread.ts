/** How a pod's like are spread over the cluster (validation.go validateTopologySpreadConstraints). */
import type { PodSpec } from '../types.ts';
import { validateLabelSelector } from './affinity.ts';
import { duplicate, type FieldError, invalid, invalids, notSupported, required } from './field-error.ts';
import { isLabelKey } from './names.ts';

type Constraint = NonNullable<PodSpec['topologySpreadConstraints']>[number];

const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'];
const INCLUSIONS = ['Honor', 'Ignore'];
const NOT_POSITIVE = 'must be greater than zero';

/** Each constraint, and that none is there twice. */
export function validateSpread(
  constraints: PodSpec['topologySpreadConstraints'],
  field: string,
): FieldError[] {
  const pairs = new Set<string>();
  return (constraints ?? []).flatMap((constraint, i) => {
    const at = `${field}[${i}]`;
    const { topologyKey, whenUnsatisfiable } = constraint;
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`;
    const twice = pairs.has(pair) ? [duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair)] : [];
    pairs.add(pair);
    return [
      ...validateConstraint(constraint, at),
      ...twice,
      ...validateDomains(constraint, `${at}.minDomains`),
      ...validateInclusion(constraint.nodeAffinityPolicy, `${at}.nodeAffinityPolicy`),
      ...validateInclusion(constraint.nodeTaintsPolicy, `${at}.nodeTaintsPolicy`),
      ...validateLabelSelector(constraint.labelSelector, `${at}.labelSelector`),
    ];
  });
}

function validateConstraint(constraint: Constraint, field: string): FieldError[] {
  const { maxSkew, topologyKey = '', whenUnsatisfiable } = constraint;
  const at = `${field}.topologyKey`;
  return [
    ...(maxSkew > 0 ? [] : [invalid(`${field}.maxSkew`, maxSkew, NOT_POSITIVE)]),
    ...(topologyKey === ''
      ? [required(at, 'can not be empty')]
      : invalids(at, topologyKey, isLabelKey(topologyKey))),
    ...(ACTIONS.includes(whenUnsatisfiable)
      ? []
      : [notSupported(`${field}.whenUnsatisfiable`, whenUnsatisfiable, ACTIONS)]),
  ];
}

function validateDomains({ minDomains, whenUnsatisfiable }: Constraint, field: string): FieldError[] {
  if (minDomains === undefined) return [];
  const errors = minDomains > 0 ? [] : [invalid(field, minDomains, NOT_POSITIVE)];
  if (whenUnsatisfiable !== 'ScheduleAnyway') return errors;
  const detail = 'can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway';
  return [...errors, invalid(field, minDomains, detail)];
}

function validateInclusion(policy: string | undefined, field: string): FieldError[] {
  return policy === undefined || INCLUSIONS.includes(policy) ? [] : [notSupported(field, policy, INCLUSIONS)];
}
