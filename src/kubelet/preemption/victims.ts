/**
 * Which pods make room for a critical one: from the highest priority and class down, each as if all below
 * were gone already, as few and as small ones as will do. Follows pkg/kubelet/preemption/preemption.go.
 */
import { countedAmounts, podRequests } from '../../api/pod-requests.ts';
import type { Pod, QosClass } from '../../api/types.ts';
import type { InsufficientResource, PredicateFailure } from '../admission/failure.ts';
import { insufficientAmount } from '../admission/failure.ts';
import { isCriticalPod, isPreemptable } from '../critical-pod.ts';
import { computePodQos } from '../qos.ts';

/** How much of a resource has to be freed: thousandths of a CPU, bytes, or pieces. */
export interface Requirement {
  readonly resource: string;
  readonly amount: number;
}

/** What is left of a failed admission: reasons that room does not cure, pods that go, or why none can. */
export type Recovery =
  | { readonly type: 'refused'; readonly failures: readonly PredicateFailure[] }
  | { readonly type: 'preempts'; readonly victims: readonly Pod[] }
  | { readonly type: 'failed'; readonly error: string };

/** HandleAdmissionFailure: want of room never keeps a critical pod out, other reasons do. */
export function recoverAdmission(
  pod: Pod,
  running: readonly Pod[],
  failures: readonly PredicateFailure[],
): Recovery {
  if (!isCriticalPod(pod)) return { type: 'refused', failures };
  const others = failures.filter(({ type }) => type !== 'resource');
  if (others.length > 0) return { type: 'refused', failures: others };
  const resources = failures.filter(
    (failure): failure is InsufficientResource => failure.type === 'resource',
  );
  const needed = resources.map((failure) => ({
    resource: failure.resource,
    amount: insufficientAmount(failure),
  }));
  const victims = podsToPreempt(pod, running, needed);
  if ('error' in victims) {
    return { type: 'failed', error: `preemption: error finding a set of pods to preempt: ${victims.error}` };
  }
  return { type: 'preempts', victims };
}

type Victims = readonly Pod[] | { readonly error: string };

const notEnough = (requirements: readonly Requirement[]): { readonly error: string } => ({
  error: `no set of running pods found to reclaim resources: [${requirements
    .map(({ resource, amount }) => `(res: ${resource}, q: ${amount}), `)
    .join('')}]`,
});

/** getPodsToPreempt: each group as if all groups below it were gone, and with what those above it free. */
export function podsToPreempt(
  pod: Pod,
  running: readonly Pod[],
  requirements: readonly Requirement[],
): Victims {
  const groups = preemptableGroups(pod, running);
  const unmet = subtract(requirements, groups.flat());
  if (unmet.length > 0) return notEnough(unmet);
  const victims: Pod[] = [];
  for (const [index, group] of [...groups.entries()].reverse()) {
    const below = groups.slice(0, index).flat();
    const chosen = byDistance(group, subtract(requirements, [...below, ...victims]));
    if ('error' in chosen) return chosen;
    victims.push(...chosen);
  }
  return victims;
}

const QOS_RANK: Readonly<Record<QosClass, number>> = { BestEffort: 1, Burstable: 2, Guaranteed: 3 };

/** The pods that may go, in groups of the same priority and class, the least first (groupPodsByPriorityAndQOS). */
function preemptableGroups(preemptor: Pod, running: readonly Pod[]): Pod[][] {
  const order = (a: Pod, b: Pod) => {
    if (isPreemptable(a, b)) return 1;
    if (isPreemptable(b, a)) return -1;
    return QOS_RANK[computePodQos(a.spec)] - QOS_RANK[computePodQos(b.spec)];
  };
  const groups: Pod[][] = [];
  for (const pod of running.filter((one) => isPreemptable(preemptor, one)).sort(order)) {
    const group = groups.at(-1);
    if (group?.[0] !== undefined && order(group[0], pod) === 0) group.push(pod);
    else groups.push([pod]);
  }
  return groups;
}

/** Again and again the pod that is nearest to what is still needed; of two, the smaller one. */
function byDistance(pods: readonly Pod[], requirements: readonly Requirement[]): Victims {
  const left = [...pods];
  const victims: Pod[] = [];
  for (let needed = requirements; needed.length > 0; ) {
    const [first] = left;
    if (first === undefined) return notEnough(needed);
    let best = 0;
    let bestDistance = needed.length + 1;
    left.forEach((pod, index) => {
      const own = distance(needed, pod);
      const nearer = own < bestDistance || (own === bestDistance && isSmaller(pod, left[best] ?? first));
      if (nearer) [best, bestDistance] = [index, own];
    });
    const victim = left[best] ?? first;
    victims.push(victim);
    needed = subtract(needed, [victim]);
    // The last one takes its place: among equals this decides who comes next.
    const last = left.pop();
    if (last !== undefined && best < left.length) left[best] = last;
  }
  return victims;
}

/** A pod's request; of `pods` every pod has one (pkg/api/v1/resource GetResourceRequest). */
function requestOf({ spec }: Pod, resource: string): number {
  if (resource === 'pods') return 1;
  return countedAmounts(podRequests(spec)).get(resource) ?? 0;
}

/** How much is still missing once the pod is gone: the square of the missing share, over all requirements. */
export function distance(requirements: readonly Requirement[], pod: Pod): number {
  return requirements.reduce((sum, { resource, amount }) => {
    const missing = Math.max(0, amount - requestOf(pod, resource));
    return sum + (missing / amount) ** 2;
  }, 0);
}

/** What is still required once these pods are gone. */
export function subtract(requirements: readonly Requirement[], pods: readonly Pod[]): readonly Requirement[] {
  return requirements.flatMap(({ resource, amount }) => {
    const left = pods.reduce((rest, pod) => rest - requestOf(pod, resource), amount);
    return left > 0 ? [{ resource, amount: left }] : [];
  });
}

/** Memory decides, then CPU; the later of two equals counts as smaller (smallerResourceRequest). */
function isSmaller(pod: Pod, than: Pod): boolean {
  for (const resource of ['memory', 'cpu']) {
    const [own, other] = [requestOf(pod, resource), requestOf(than, resource)];
    if (own !== other) return own < other;
  }
  return true;
}
