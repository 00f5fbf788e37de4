/** What admission knows of its own node: the Node object, as far as the kubelet has seen it. */
import { countedAmounts } from '../../api/pod-requests.ts';
import { amountsOf, type ResourceList } from '../../api/resource-list.ts';
import type { Taint } from '../../api/taints.ts';
import type { NodeConfig } from '../node-config.ts';
import { type ObjectCache, seenObject } from '../objects/object-cache.ts';
import type { NodeInfo } from './predicates.ts';

interface NodeObject {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly taints?: readonly Taint[] };
  readonly status?: { readonly allocatable?: ResourceList };
}

/** kubelet_getters.go GetNode, and getNodeAnyWay: the node as it would register itself, until its object was seen. */
export function nodeInfo(config: NodeConfig, objects: ObjectCache): NodeInfo {
  const { nodeName: name, allocatable } = config;
  const seen = seenObject(objects, 'Node', '', name) as NodeObject | undefined;
  const own: [string, number][] = [
    ['cpu', allocatable.cpuMilli],
    ['memory', allocatable.memoryBytes],
    ['pods', allocatable.pods],
    ['ephemeral-storage', allocatable.ephemeralStorageBytes ?? 0],
  ];
  return {
    name,
    labels: seen?.metadata.labels ?? {
      'kubernetes.io/hostname': name,
      'kubernetes.io/arch': config.machine.system.architecture,
      'kubernetes.io/os': 'linux',
    },
    taints: seen?.spec?.taints ?? [],
    allocatable: new Map([...own, ...countedAmounts(amountsOf(seen?.status?.allocatable))]),
    supplementalGroupsPolicy: false,
  };
}
