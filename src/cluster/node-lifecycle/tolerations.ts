/** Tolerations that pods are given without asking: how long they stay on a node that is lost or not ready. */
import type { QosClass, Toleration } from '../../api/types.ts';
import { NOT_READY, UNREACHABLE } from './taints.ts';

/** The API server's default-not-ready-toleration-seconds and default-unreachable-toleration-seconds. */
const TOLERATION_SECONDS = 300;

function toleratesForever(tolerations: readonly Toleration[], key: string): boolean {
  return tolerations.some(
    (toleration) =>
      (toleration.key === key || !toleration.key) &&
      (toleration.effect === 'NoExecute' || !toleration.effect),
  );
}

/** What admission adds to a pod's own tolerations (plugin/pkg/admission/defaulttolerationseconds Admit). */
export function defaultTolerations(tolerations: readonly Toleration[]): readonly Toleration[] {
  return [NOT_READY, UNREACHABLE]
    .filter((key) => !toleratesForever(tolerations, key))
    .map((key) => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: TOLERATION_SECONDS,
    }));
}

const exists = (key: string, effect: 'NoSchedule' | 'NoExecute'): Toleration => ({
  key,
  operator: 'Exists',
  effect,
});

/** What the DaemonSet controller gives its pods (pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations). */
export function daemonSetTolerations(hostNetwork: boolean): readonly Toleration[] {
  return [
    exists(NOT_READY, 'NoExecute'),
    exists(UNREACHABLE, 'NoExecute'),
    exists('node.kubernetes.io/disk-pressure', 'NoSchedule'),
    exists('node.kubernetes.io/memory-pressure', 'NoSchedule'),
    exists('node.kubernetes.io/pid-pressure', 'NoSchedule'),
    exists('node.kubernetes.io/unschedulable', 'NoSchedule'),
    ...(hostNetwork ? [exists('node.kubernetes.io/network-unavailable', 'NoSchedule')] : []),
  ];
}

/**
 * What the admission plugin PodTolerationRestriction adds by quality of service (plugin/pkg/admission/
 * podtolerationrestriction); the API server does not run that plugin unless told to, nor does this one.
 */
export function qosTolerations(qos: QosClass): readonly Toleration[] {
  return qos === 'BestEffort' ? [] : [exists('node.kubernetes.io/memory-pressure', 'NoSchedule')];
}
