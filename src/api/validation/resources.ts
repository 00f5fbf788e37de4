/** Requests and limits: names, signs, and that no request is above its limit (ValidateContainerResourceRequirements). */
import { formatQuantity } from '../quantity/format.ts';
import { compare, isZero, ZERO } from '../quantity/quantity.ts';
import { roundUp } from '../quantity/scale.ts';
import {
  type Amounts,
  aggregateContainers,
  amountsOf,
  isHugePages,
  type ResourceList,
} from '../resource-list.ts';
import type { PodSpec } from '../types.ts';
import { type FieldError, forbidden, invalid, invalids, required } from './field-error.ts';
import { isQualifiedName } from './names.ts';

interface Resources {
  readonly requests?: ResourceList;
  readonly limits?: ResourceList;
}

const CONTAINER_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];
/** Names without a prefix that mean something elsewhere: in quotas and on volumes. */
const OTHER_RESOURCES = [
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'services.nodeports',
  'services.loadbalancers',
];

const isNative = (name: string) => !name.includes('/') || name.includes('kubernetes.io/');
const mayOvercommit = (name: string) => isNative(name) && !isHugePages(name);

/** The resources of one container, at `field`. */
export function validateContainerResources(resources: Resources, field: string): FieldError[] {
  const limits = amountsOf(resources.limits);
  const requests = amountsOf(resources.requests);
  const errors = [
    ...validateAmounts(limits, `${field}.limits`, 'containers'),
    ...validateAmounts(requests, `${field}.requests`, 'containers'),
    ...validateRequestsToLimits(requests, limits, field),
  ];
  const names = [...limits.keys(), ...requests.keys()];
  if (names.some(isHugePages) && !names.some((name) => name === 'cpu' || name === 'memory')) {
    errors.push(forbidden(field, 'HugePages require cpu or memory'));
  }
  return errors;
}

/** The resources of a pod as a whole: at least what its containers request, at most what none exceeds. */
export function validatePodResources(spec: PodSpec, field: string): FieldError[] {
  if (!spec.resources) return [];
  const limits = amountsOf(spec.resources.limits);
  const requests = amountsOf(spec.resources.requests);
  const errors = [
    ...validateAmounts(limits, `${field}.limits`, 'pods'),
    ...validateAmounts(requests, `${field}.requests`, 'pods'),
    ...validateRequestsToLimits(requests, limits, field),
  ];
  const together = aggregateContainers(spec, (container) => container.resources?.requests);
  for (const [name, request] of requests) {
    const needed = together.get(name);
    if (!needed || compare(needed, request) <= 0) continue;
    const detail = `must be greater than or equal to aggregate container requests of ${formatQuantity(needed)}`;
    errors.push(invalid(`${field}.requests[${name}]`, formatQuantity(request), detail));
  }
  return errors;
}

/** What the sandbox itself takes: the names and signs of limits. */
export function validateOverhead(overhead: ResourceList | undefined, field: string): FieldError[] {
  return validateAmounts(amountsOf(overhead), `${field}.limits`, 'containers');
}

/** That no container's own limit is above the pod's. */
export function validateAgainstPodLimits(container: Resources, pod: Amounts, field: string): FieldError[] {
  return [...amountsOf(container.limits)].flatMap(([name, limit]) => {
    const podLimit = pod.get(name);
    if (!podLimit || compare(limit, podLimit) <= 0) return [];
    const detail = `must be less than or equal to pod limits of ${formatQuantity(podLimit)}`;
    return [invalid(`${field}.limits[${name}]`, formatQuantity(limit), detail)];
  });
}

function validateAmounts(amounts: Amounts, field: string, owner: 'containers' | 'pods'): FieldError[] {
  return [...amounts].flatMap(([name, amount]) => {
    const at = `${field}[${name}]`;
    const errors = invalids(at, name, nameProblems(name, owner));
    const text = formatQuantity(amount);
    if (compare(amount, ZERO) < 0) errors.push(invalid(at, text, 'must be greater than or equal to 0'));
    const whole = !isNative(name) || isHugePages(name);
    if (whole && !isZero(amount) && !roundUp(amount, 0).exact)
      errors.push(invalid(at, text, 'must be an integer'));
    return errors;
  });
}

function nameProblems(name: string, owner: 'containers' | 'pods'): string[] {
  const broken = isQualifiedName(name);
  if (name.includes('/')) {
    if (owner === 'pods') return [...broken, 'must be a standard resource for pods'];
    const extended = isNative(name) || (broken.length === 0 && !name.startsWith('requests.'));
    return extended ? broken : [...broken, "doesn't follow extended resource name standard"];
  }
  const standard = CONTAINER_RESOURCES.includes(name) || isHugePages(name);
  if (broken.length === 0 && !standard && !OTHER_RESOURCES.includes(name)) {
    broken.push('must be a standard resource type or fully qualified');
  }
  const allowed = standard && (owner === 'containers' || name !== 'ephemeral-storage');
  return allowed ? broken : [...broken, `must be a standard resource for ${owner}`];
}

function validateRequestsToLimits(requests: Amounts, limits: Amounts, field: string): FieldError[] {
  return [...requests].flatMap(([name, request]) => {
    const limit = limits.get(name);
    if (!limit) {
      if (mayOvercommit(name)) return [];
      return [required(`${field}.limits`, 'Limit must be set for non overcommitable resources')];
    }
    const order = compare(request, limit);
    const of = `${name} limit of ${formatQuantity(limit)}`;
    if (order !== 0 && !mayOvercommit(name)) {
      return [invalid(`${field}.requests`, formatQuantity(request), `must be equal to ${of}`)];
    }
    return order > 0
      ? [invalid(`${field}.requests`, formatQuantity(request), `must be less than or equal to ${of}`)]
      : [];
  });
}
