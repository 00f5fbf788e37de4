/** Why a pod does not fit, and what its rejected status says (pkg/kubelet/lifecycle/predicate.go). */

/** Not enough of one resource: thousandths of a CPU, bytes, or pieces. */
export interface InsufficientResource {
  readonly type: 'resource';
  readonly resource: string;
  readonly requested: number;
  readonly used: number;
  readonly capacity: number;
}

/** A check that has nothing to do with amounts. */
export interface FailedPredicate {
  readonly type: 'predicate';
  /** For example `NodeAffinity`. */
  readonly name: string;
  readonly description: string;
}

export type PredicateFailure = InsufficientResource | FailedPredicate;

/** Why the pod is refused: the reason and the message of its status. */
export interface Rejection {
  /** For example `OutOfcpu`. */
  readonly reason: string;
  readonly message: string;
}

/** By how much the node has too little (GetInsufficientAmount). */
export function insufficientAmount({ requested, used, capacity }: InsufficientResource): number {
  return requested - (capacity - used);
}

/** Of several reasons only the first is told (predicateAdmitHandler.Admit). */
export function rejectionOf(failures: readonly PredicateFailure[]): Rejection {
  const [first] = failures;
  if (first === undefined) {
    return {
      reason: 'UnknownReason',
      message: 'GeneralPredicates failed due to unknown reason, which is unexpected.',
    };
  }
  if (first.type === 'predicate') {
    return { reason: first.name, message: `Predicate ${first.name} failed: ${first.description}` };
  }
  const { resource, requested, used, capacity } = first;
  return {
    reason: `OutOf${resource}`,
    message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  };
}

const unexpected = (message: string): Rejection => ({ reason: 'UnexpectedAdmissionError', message });

/** What went wrong while the pod was looked at: `cause` is the error's own text. */
export const UNEXPECTED = {
  /** CPUs or devices could not be given out (cm/admission/errors.go GetPodAdmitResult). */
  allocate: (cause: string) => unexpected(`Allocate failed due to ${cause}, which is unexpected`),
  /** The devices of plugins could not be counted. */
  pluginResources: (cause: string) =>
    unexpected(`Update plugin resources failed due to ${cause}, which is unexpected.`),
  /** No set of pods to preempt frees enough. */
  preempt: (cause: string) =>
    unexpected(`Unexpected error while attempting to recover from admission failure: ${cause}`),
} as const;

/** The topology manager found no hint that it prefers (cm/topologymanager/topology_manager.go). */
export const TOPOLOGY_AFFINITY: Rejection = {
  reason: 'TopologyAffinityError',
  message: 'Resources cannot be allocated with Topology locality',
};
