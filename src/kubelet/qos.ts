/**
 * The quality-of-service class of a pod: who is killed first when memory runs out, and what its processes'
 * oom_score_adj is (pkg/apis/core/v1/helper/qos/qos.go ComputePodQOS).
 */
import { mustParseQuantity } from '../api/quantity/parse.ts';
import { compare, isZero, type Quantity } from '../api/quantity/quantity.ts';
import { type Amounts, type ResourceList, sumAmounts } from '../api/resource-list.ts';
import type { Container, PodSpec, QosClass } from '../api/types.ts';

/** Only these two resources decide. */
const QOS_RESOURCES = ['cpu', 'memory'] as const;

/** What a pod asks for in cpu and memory; resources of which nothing is asked are not in the maps. */
export interface QosResources {
  readonly requests: Amounts;
  readonly limits: Amounts;
  /** Every counted container (or the pod level) has a limit for both cpu and memory. */
  readonly allLimitsPresent: boolean;
}

interface Resources {
  readonly requests?: ResourceList;
  readonly limits?: ResourceList;
}

/** The class of a pod whose quantities were validated; pod-level resources, where there are any, decide alone. */
export function computePodQos(spec: Pick<PodSpec, 'containers' | 'initContainers' | 'resources'>): QosClass {
  const podLevel = spec.resources;
  const atPodLevel = podLevel?.requests !== undefined || podLevel?.limits !== undefined;
  const { requests, limits, allLimitsPresent } = atPodLevel
    ? collectPodLevelResources(podLevel)
    : collectContainerLevelResources([...spec.containers, ...(spec.initContainers ?? [])]);
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  const equal =
    requests.size === limits.size &&
    [...requests].every(([name, request]) => {
      const limit = limits.get(name);
      return limit !== undefined && compare(limit, request) === 0;
    });
  return allLimitsPresent && equal ? 'Guaranteed' : 'Burstable';
}

/** What the pod level of the spec asks for. */
export function collectPodLevelResources(resources: Resources): QosResources {
  const limits = counted(resources.limits);
  return { requests: counted(resources.requests), limits, allLimitsPresent: hasAll(limits) };
}

/** The sum over containers and init containers; ephemeral containers have no resources and do not count. */
export function collectContainerLevelResources(
  containers: readonly Pick<Container, 'resources'>[],
): QosResources {
  let requests: Amounts = new Map();
  let limits: Amounts = new Map();
  let allLimitsPresent = true;
  for (const { resources } of containers) {
    if (resources === undefined) {
      allLimitsPresent = false;
      continue;
    }
    const own = counted(resources.limits);
    requests = sumAmounts(requests, counted(resources.requests));
    limits = sumAmounts(limits, own);
    allLimitsPresent &&= hasAll(own);
  }
  return { requests, limits, allLimitsPresent };
}

function counted(list: ResourceList | undefined): Amounts {
  const amounts = new Map<string, Quantity>();
  for (const name of QOS_RESOURCES) {
    const text = list?.[name];
    if (text === undefined) continue;
    const amount = mustParseQuantity(String(text));
    if (!isZero(amount)) amounts.set(name, amount);
  }
  return amounts;
}

function hasAll(amounts: Amounts): boolean {
  return QOS_RESOURCES.every((name) => amounts.has(name));
}
