/** The bounds of a pod as a whole: its own cgroup, around those of its containers. */
import type { LinuxPodResources } from '../../api/cri.ts';
import type { KubeletConfiguration } from '../../api/kubelet-configuration/fields.ts';
import { countedAmounts, podLimits, podRequests } from '../../api/pod-requests.ts';
import type { Pod, PodSpec } from '../../api/types.ts';
import { computePodQos } from '../qos.ts';
import { cpuBounds, milliCpuToShares } from './linux.ts';

/**
 * pkg/kubelet/cm/helpers_linux.go ResourceConfigForPod: a limit holds for the whole pod when every container
 * has one, or when the pod has one of its own. The overhead counts. `podPidsLimit` holds for every pod
 * (pod_container_manager_linux.go EnsureExists).
 */
export function linuxPodResources({ spec }: Pod, config: KubeletConfiguration): LinuxPodResources {
  const { podPidsLimit } = config;
  const qosClass = computePodQos(spec);
  const rest = { qosClass, ...(podPidsLimit > 0 ? { pidsLimit: podPidsLimit } : {}) };
  if (qosClass === 'BestEffort') {
    return { memoryLimitBytes: 0, cpuShares: milliCpuToShares(0), ...cpuBounds(0, config), ...rest };
  }
  const requests = countedAmounts(podRequests(spec));
  const limits = countedAmounts(podLimits(spec));
  const limitOf = (name: 'cpu' | 'memory') => (limitsWholePod(spec, name) ? (limits.get(name) ?? 0) : 0);
  return {
    memoryLimitBytes: limitOf('memory'),
    cpuShares: milliCpuToShares(requests.get('cpu') ?? 0),
    ...cpuBounds(limitOf('cpu'), config),
    ...rest,
  };
}

/** Whether the cgroup of the whole pod has a limit of this resource: `cpu` or `memory`. */
export function limitsWholePod(
  { containers, initContainers = [], resources }: PodSpec,
  name: string,
): boolean {
  if (name !== 'cpu' && name !== 'memory') return false;
  if (resources?.limits?.[name] !== undefined) return true;
  return [...containers, ...initContainers].every((one) => one.resources?.limits?.[name] !== undefined);
}
