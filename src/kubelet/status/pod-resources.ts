/** What a status says of a pod's resources as a whole. Every pod has it, not only one with resources of its own. */
import { podLimits, podRequests } from '../../api/pod-requests.ts';
import { type Amounts, resourceListOf } from '../../api/resource-list.ts';
import type { Pod, PodStatus } from '../../api/types.ts';
import { limitsWholePod } from '../resources/pod.ts';

/**
 * kubelet_pods.go convertStatusToAPIStatus and convertToAPIPodLevelResourcesStatus (gate
 * InPlacePodLevelResourcesVerticalScaling, on since v1.36): what the pod was promised, and what holds for it. While
 * the pod runs, CPU and memory are those of its cgroup, which has a limit only where one holds for the whole pod.
 */
export function podResourcesStatus({
  spec,
  status,
}: Pod): Pick<PodStatus, 'allocatedResources' | 'resources'> {
  const requests = podRequests(spec);
  const limits = podLimits(spec);
  const runs = status?.phase === 'Running';
  const own = { ...spec.resources?.requests, ...spec.resources?.limits };
  const told = (amounts: Amounts, isInCgroup: (name: string) => boolean): Amounts =>
    new Map([...amounts].filter(([name]) => !runs || name in own || isInCgroup(name)));
  const resources = {
    ...listed(
      'limits',
      told(limits, (name) => limitsWholePod(spec, name)),
    ),
    ...listed(
      'requests',
      told(requests, (name) => name === 'cpu' || name === 'memory'),
    ),
  };
  return { ...listed('allocatedResources', requests), resources };
}

/** In Go an empty list is left out. */
function listed<K extends string>(key: K, amounts: Amounts): { readonly [P in K]?: Record<string, string> } {
  return amounts.size === 0 ? {} : ({ [key]: resourceListOf(amounts) } as Record<K, Record<string, string>>);
}
