/**
 * Admission: whether this node can take the pod at all. The scheduler has decided where it goes; the kubelet
 * still refuses what does not fit. Follows pkg/kubelet/lifecycle/predicate.go and scheduler's noderesources.
 */
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { quantityMilliValue, quantityValue } from '../../api/quantity/scale.ts';
import { aggregateContainers } from '../../api/resource-list.ts';
import type { Pod } from '../../api/types.ts';
import type { NodeConfig } from '../node-config.ts';

export type Admission =
  | { readonly admitted: true }
  | {
      readonly admitted: false;
      /** For example `OutOfcpu`. */
      readonly reason: string;
      readonly message: string;
    };

interface Requests {
  readonly cpu: number;
  readonly memory: number;
}

/** CPU in thousandths, memory in bytes; pod-level requests win over the containers'. */
function requestsOf(pod: Pod): Requests {
  const sums = aggregateContainers(pod.spec, ({ resources }) => resources?.requests);
  const podLevel = pod.spec.resources?.requests;
  const of = (name: 'cpu' | 'memory') => {
    const own = podLevel?.[name];
    return own === undefined ? sums.get(name) : mustParseQuantity(String(own));
  };
  const [cpu, memory] = [of('cpu'), of('memory')];
  return {
    cpu: cpu === undefined ? 0 : quantityMilliValue(cpu),
    memory: memory === undefined ? 0 : quantityValue(memory),
  };
}

/** Checks the pod against what the pods already on the node leave. */
export function admit(pod: Pod, others: readonly Pod[], { allocatable }: NodeConfig): Admission {
  if (others.length + 1 > allocatable.pods) {
    return refuse('pods', 1, others.length, allocatable.pods);
  }
  const wanted = requestsOf(pod);
  const used = others.map(requestsOf);
  const sum = (name: keyof Requests) => used.reduce((total, requests) => total + requests[name], 0);
  const capacity = { cpu: allocatable.cpuMilli, memory: allocatable.memoryBytes };
  for (const name of ['cpu', 'memory'] as const) {
    if (wanted[name] > 0 && wanted[name] > capacity[name] - sum(name)) {
      return refuse(name, wanted[name], sum(name), capacity[name]);
    }
  }
  return { admitted: true };
}

function refuse(resource: string, requested: number, used: number, capacity: number): Admission {
  return {
    admitted: false,
    reason: `OutOf${resource}`,
    message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  };
}
