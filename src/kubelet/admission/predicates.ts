/**
 * Whether the node fits the pod: the scheduler's own checks, once more, with all failures at once
 * (pkg/scheduler/eventhandlers.go AdmissionCheck; pkg/kubelet/lifecycle/predicate.go generalFilter).
 */
import { countedAmounts, podRequests } from '../../api/pod-requests.ts';
import { type Taint, toleratesTaint } from '../../api/taints.ts';
import type { Pod } from '../../api/types.ts';
import { isStaticPod } from '../pod-manager/pod-kinds.ts';
import type { InsufficientResource, PredicateFailure } from './failure.ts';
import { hostPortsFree } from './host-ports.ts';
import { matchesNode } from './node-affinity.ts';

/** The node as admission sees it. */
export interface NodeInfo {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** What pods may have, by resource: thousandths of a CPU, bytes, or pieces. */
  readonly allocatable: ReadonlyMap<string, number>;
  /** The runtime honours `supplementalGroupsPolicy: Strict`. */
  readonly supplementalGroupsPolicy: boolean;
}

const predicate = (name: string, description: string): PredicateFailure => ({
  type: 'predicate',
  name,
  description,
});

/** Every reason why the pod does not fit, in the order of the scheduler's checks; none when it fits. */
export function predicateFailures(pod: Pod, others: readonly Pod[], node: NodeInfo): PredicateFailure[] {
  const failures: PredicateFailure[] = insufficientResources(pod, others, node.allocatable);
  if (!matchesNode(pod.spec, node)) {
    failures.push(predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector"));
  }
  if (pod.spec.nodeName && pod.spec.nodeName !== node.name) {
    failures.push(predicate('NodeName', "node(s) didn't match the requested node name"));
  }
  if (!hostPortsFree(pod, others)) {
    failures.push(predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports"));
  }
  // The kubelet is interested in NoExecute alone, and a static pod in no taint at all.
  const untolerated = node.taints.some(
    (taint) => taint.effect === 'NoExecute' && !toleratesTaint(pod.spec.tolerations, taint),
  );
  if (untolerated && !isStaticPod(pod)) {
    failures.push(predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate"));
  }
  return failures;
}

/** Pods first, then CPU, memory, ephemeral storage, then the rest (plugins/noderesources/fit.go fitsRequest). */
function insufficientResources(
  pod: Pod,
  others: readonly Pod[],
  allocatable: NodeInfo['allocatable'],
): InsufficientResource[] {
  const requests = countedAmounts(podRequests(pod.spec));
  const used = others.map(({ spec }) => countedAmounts(podRequests(spec)));
  const check = (resource: string, requested: number, inUse: number): InsufficientResource[] => {
    const capacity = allocatable.get(resource) ?? 0;
    const fits = requested <= capacity - inUse;
    return fits ? [] : [{ type: 'resource', resource, requested, used: inUse, capacity }];
  };
  const native = ['cpu', 'memory', 'ephemeral-storage'];
  const names = [...native, ...[...requests.keys()].filter((name) => !native.includes(name))];
  return [
    ...check('pods', 1, others.length),
    ...names.flatMap((name) => {
      const requested = requests.get(name) ?? 0;
      // An extended resource that the node does not know is somebody else's (removeMissingExtendedResources).
      const foreign = isExtended(name) && !allocatable.has(name);
      if (requested === 0 || foreign) return [];
      const inUse = used.reduce((sum, amounts) => sum + (amounts.get(name) ?? 0), 0);
      return check(name, requested, inUse);
    }),
  ];
}

/** Of a domain that is not Kubernetes' own (pkg/apis/core/v1/helper IsExtendedResourceName). */
function isExtended(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');
}
