/** Whether a resize can be promised: now, perhaps later (Deferred), or never on this node (Infeasible). */
import { countedAmounts, podRequests } from '../../api/pod-requests.ts';
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { quantityMilliValue } from '../../api/quantity/scale.ts';
import type { Pod } from '../../api/types.ts';
import { rejectionOf } from '../admission/failure.ts';
import { type NodeInfo, predicateFailures } from '../admission/predicates.ts';
import { isStaticPod } from '../pod-manager/pod-kinds.ts';
import { computePodQos } from '../qos.ts';

export type ResizeDecision =
  | { readonly type: 'fits' }
  | { readonly type: 'pending'; readonly reason: 'Deferred' | 'Infeasible'; readonly message: string };

export interface ResizeInput {
  /** As its spec wants it. */
  readonly pod: Pod;
  /** As it was promised. */
  readonly allocated: Pod;
  /** The other pods of the node, as they were promised. */
  readonly others: readonly Pod[];
  readonly node: NodeInfo;
  readonly cpuManagerPolicy: string;
}

const infeasible = (message: string): ResizeDecision => ({ type: 'pending', reason: 'Infeasible', message });

/** allocation/handlers.go podResizesAdmitHandler, then the node's capacity, then what others leave of it. */
export function decideResize(input: ResizeInput): ResizeDecision {
  const { pod, others, node, cpuManagerPolicy } = input;
  if (isStaticPod(pod)) return infeasible('In-place resize of static-pods is not supported');
  const pinned = cpuManagerPolicy === 'static' && computePodQos(pod.spec) === 'Guaranteed';
  if (pinned && cpuChanges(input)) {
    return infeasible('Resize is infeasible for Guaranteed Pods alongside CPU Manager policy "static"');
  }
  const wanted = countedAmounts(podRequests(pod.spec));
  for (const name of ['memory', 'cpu']) {
    const [requested, capacity] = [wanted.get(name) ?? 0, node.allocatable.get(name) ?? 0];
    if (requested <= capacity) continue;
    const amounts = `${name}, requested: ${requested}, capacity: ${capacity}`;
    return infeasible(`Node didn't have enough capacity: ${amounts}`);
  }
  const failures = predicateFailures(pod, others, node);
  if (failures.length === 0) return { type: 'fits' };
  return { type: 'pending', reason: 'Deferred', message: rejectionOf(failures).message };
}

function cpuChanges({ pod, allocated }: ResizeInput): boolean {
  const cpusOf = ({ spec }: Pod) =>
    [...(spec.initContainers ?? []), ...spec.containers].map(({ resources }) =>
      quantityMilliValue(mustParseQuantity(String(resources?.requests?.cpu ?? '0'))),
    );
  const before = cpusOf(allocated);
  return cpusOf(pod).some((milli, i) => milli !== before[i]);
}
