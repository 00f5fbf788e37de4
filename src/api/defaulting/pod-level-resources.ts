/**
 * The resources of a pod as a whole, where it names some of them: the rest follows from its containers
 * (pkg/apis/core/v1/defaults.go defaultHugePagePodLimits, defaultPodRequests, defaultPodLimits; KEP-2837).
 */
import {
  type Amounts,
  aggregateContainers,
  amountsOf,
  isHugePages,
  resourceListOf,
} from '../resource-list.ts';
import type { Container, PodSpec } from '../types.ts';

/** Returns the pod-level resources, or undefined when the spec names none. */
export function defaultPodLevelResources(spec: PodSpec): PodSpec['resources'] | undefined {
  if (!spec.resources) return undefined;
  const given = { requests: amountsOf(spec.resources.requests), limits: amountsOf(spec.resources.limits) };
  const withHugePages = hugePageLimits(spec, given);
  const requests = podRequests(spec, { ...given, limits: withHugePages });
  const limits = podLimits(spec, { requests, limits: withHugePages });
  return {
    ...spec.resources,
    ...(requests.size > 0 && { requests: resourceListOf(requests) }),
    ...(limits.size > 0 && { limits: resourceListOf(limits) }),
  };
}

interface PodResources {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

const requestsOf = (container: Container) => container.resources?.requests;
const limitsOf = (container: Container) => container.resources?.limits;
const isCpuOrMemory = (name: string) => name === 'cpu' || name === 'memory';

function hugePageLimits(spec: PodSpec, { requests, limits }: PodResources): Amounts {
  if (requests.size === 0 && limits.size === 0) return limits;
  const wanted = (name: string) => isHugePages(name) && !requests.has(name);
  return filled(limits, aggregateContainers(spec, limitsOf), wanted);
}

function podRequests(spec: PodSpec, { requests, limits }: PodResources): Amounts {
  if (limits.size === 0) return requests;
  const fromContainers = filled(requests, aggregateContainers(spec, requestsOf), isCpuOrMemory);
  return filled(fromContainers, limits, (name) => isCpuOrMemory(name) || isHugePages(name));
}

function podLimits(spec: PodSpec, { requests, limits }: PodResources): Amounts {
  if (requests.size === 0 || limits.size > 0) return limits;
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  const wanted = (name: string) => isCpuOrMemory(name) && all.every((c) => limitsOf(c)?.[name] !== undefined);
  return filled(limits, aggregateContainers(spec, limitsOf), wanted);
}

/** `amounts`, and those of `more` that it lacks and that are wanted. */
function filled(amounts: Amounts, more: Amounts, wanted: (name: string) => boolean): Amounts {
  const result = new Map(amounts);
  for (const [name, amount] of more) if (!result.has(name) && wanted(name)) result.set(name, amount);
  return result;
}
