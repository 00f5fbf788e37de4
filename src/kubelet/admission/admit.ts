/**
 * Admission: whether this node takes the pod at all. The scheduler has decided where it goes; the kubelet asks
 * its handlers, in their order, and the first refusal counts. Follows pkg/kubelet/kubelet.go NewMainKubelet
 * (the handlers) and pkg/kubelet/lifecycle/predicate.go Admit.
 */
import type { Pod } from '../../api/types.ts';
import { recoverAdmission } from '../preemption/victims.ts';
import { appArmorRefusal } from './app-armor.ts';
import { type Rejection, rejectionOf, UNEXPECTED } from './failure.ts';
import { type NodeInfo, predicateFailures } from './predicates.ts';
import { pressureRefusal } from './pressure.ts';
import { forbiddenSysctl } from './sysctls.ts';

export interface AdmitAttributes {
  readonly pod: Pod;
  /** The pods that the node has taken and that are not over. */
  readonly others: readonly Pod[];
  /** Undefined when the kubelet cannot tell what its node is. */
  readonly node: NodeInfo | undefined;
  /** The node's conditions of pressure, for example `MemoryPressure`. */
  readonly pressures: readonly string[];
  /** `allowedUnsafeSysctls` of the configuration. */
  readonly allowedSysctls: readonly string[];
  /** Room was made for the pod: its requests are not looked at again. */
  readonly roomMade: boolean;
  /** Gives the pod the CPUs that its containers get for themselves; the rejection when that cannot be. */
  readonly allocate?: () => Rejection | undefined;
  /** The node is about to go down. */
  readonly shuttingDown: boolean;
}

export type Admission =
  | { readonly type: 'admitted' }
  | ({ readonly type: 'rejected' } & Rejection)
  /** A critical pod: these go first, then it is asked again, with `roomMade`. */
  | { readonly type: 'preempts'; readonly victims: readonly Pod[] };

const rejected = (rejection: Rejection): Admission => ({ type: 'rejected', ...rejection });

/** pkg/kubelet/nodeshutdown/nodeshutdown_manager.go; the last handler. */
const NODE_SHUTDOWN: Rejection = {
  reason: 'NodeShutdown',
  message: 'Pod was rejected as the node is shutting down.',
};

/** Asks every handler. */
export function admit(attributes: AdmitAttributes): Admission {
  const { pod, pressures, allowedSysctls, roomMade, allocate, shuttingDown } = attributes;
  const refusal = pressureRefusal(pod, pressures) ?? forbiddenSysctl(pod, allowedSysctls) ?? allocate?.();
  if (refusal !== undefined) return rejected(refusal);
  if (!roomMade) {
    const fit = fits(attributes);
    if (fit !== undefined) return fit;
  }
  const unenforceable = appArmorRefusal(pod) ?? (shuttingDown ? NODE_SHUTDOWN : undefined);
  return unenforceable === undefined ? { type: 'admitted' } : rejected(unenforceable);
}

/** predicateAdmitHandler.Admit; undefined when the pod fits as it is. What no preemption cures comes first. */
function fits({ pod, others, node }: AdmitAttributes): Admission | undefined {
  if (node === undefined) {
    return rejected({ reason: 'InvalidNodeInfo', message: 'Kubelet cannot get node info.' });
  }
  const wrong = wrongNode(pod, node);
  if (wrong !== undefined) return rejected(wrong);
  const failures = predicateFailures(pod, others, node);
  if (failures.length === 0) return undefined;
  const recovery = recoverAdmission(pod, others, failures);
  switch (recovery.type) {
    case 'refused':
      return rejected(rejectionOf(recovery.failures));
    case 'failed':
      return rejected(UNEXPECTED.preempt(recovery.error));
    case 'preempts':
      return recovery;
  }
}

/** Every node here runs Linux, or what a guest takes for it. */
const OS = 'linux';

function wrongNode({ metadata, spec }: Pod, node: NodeInfo): Rejection | undefined {
  // It is the pod's own label that is looked at.
  const label = metadata.labels?.['kubernetes.io/os'];
  if (label !== undefined && label !== OS) {
    return {
      reason: 'PodOSSelectorNodeLabelDoesNotMatch',
      message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
    };
  }
  if (spec.os !== undefined && spec.os.name !== OS) {
    return {
      reason: 'PodOSNotSupported',
      message: "Failed to admit pod as the OS field doesn't match node OS",
    };
  }
  const strict = spec.securityContext?.supplementalGroupsPolicy === 'Strict';
  if (!strict || node.supplementalGroupsPolicy) return undefined;
  return {
    reason: 'SupplementalGroupsPolicyNotSupported',
    message: 'SupplementalGroupsPolicy=Strict is not supported in this node',
  };
}
