/** The status of the Node as the kubelet fills it in, setter by setter (pkg/kubelet/kubelet_node_status.go defaultNodeStatusFuncs). */
import type { KubeletConfiguration } from '../../api/kubelet-configuration/fields.ts';
import type { NodeCondition, NodeStatus } from '../../api/types.ts';
import { nodeStatusIs, rebooted } from '../events/node-texts.ts';
import type { EventText } from '../events/texts.ts';
import type { NodeConfig } from '../node-config.ts';
import { allocatableOf, capacityOf } from './capacity.ts';
import {
  type ConditionDecision,
  PRESSURES,
  pressureCondition,
  type ReadyInput,
  readyCondition,
} from './conditions.ts';

/** An image on the node, as far as the node's status tells of it. */
export interface ImageOnNode {
  readonly repoDigests: readonly string[];
  readonly repoTags: readonly string[];
  readonly sizeBytes: number;
}

export interface NodeStatusInput {
  readonly node: NodeConfig;
  /** As the runtime last said it; undefined before it was asked. */
  readonly runtimeVersion?: string | undefined;
  readonly config: KubeletConfiguration;
  /** What the API server has of it; undefined for a node that is not registered. */
  readonly before: NodeStatus | undefined;
  readonly errors: Pick<ReadyInput, 'runtimeErrors' | 'networkErrors' | 'storageErrors' | 'shutdownErrors'>;
  /** The conditions of pressure that the eviction manager sees. */
  readonly pressures: readonly string[];
  readonly images: readonly ImageOnNode[];
  readonly nowMs: number;
}

/** Names of one image in the status (setters.go MaxNamesPerImageInNodeStatus). */
const MAX_NAMES = 5;

/** The status, the conditions that it was made of, and what is news about it. */
export interface NodeStatusDecision {
  readonly status: NodeStatus;
  readonly news: readonly EventText[];
}

/** Every field that a kubelet without a cloud provider sets; what others set of the status stays. */
export function nodeStatusOf(input: NodeStatusInput): NodeStatusDecision {
  const { node, config, before } = input;
  const { bootId } = node.machine;
  const capacity = capacityOf(node.machine);
  const { conditions, news } = conditionsOf(input, capacity);
  const lastBoot = before?.nodeInfo?.bootID;
  const reboot = lastBoot !== undefined && lastBoot !== bootId ? [rebooted(node.nodeName, bootId)] : [];
  const status: NodeStatus = {
    ...before,
    addresses: [
      { type: 'InternalIP', address: node.hostIP },
      { type: 'Hostname', address: node.nodeName },
    ],
    capacity,
    allocatable: allocatableOf(capacity, config),
    conditions,
    daemonEndpoints: { kubeletEndpoint: { Port: config.port } },
    nodeInfo: nodeInfoOf(input),
    images: imagesOf(input.images, config.nodeStatusMaxImages),
  };
  return { status, news: [...reboot, ...news] };
}

function conditionsOf(
  { node, before, errors, pressures, nowMs }: NodeStatusInput,
  capacity: Readonly<Record<string, string>>,
): { readonly conditions: NodeCondition[]; readonly news: readonly EventText[] } {
  const conditions = [...(before?.conditions ?? [])];
  const news: EventText[] = [];
  const set = ({ condition, eventReason }: ConditionDecision) => {
    const at = conditions.findIndex(({ type }) => type === condition.type);
    if (at < 0) conditions.push(condition);
    else conditions[at] = condition;
    if (eventReason !== undefined) news.push(nodeStatusIs(node.nodeName, eventReason));
  };
  const previous = (type: string) => conditions.find((condition) => condition.type === type);
  for (const type of PRESSURES) {
    set(pressureCondition(type, pressures.includes(type), previous(type), nowMs));
  }
  set(readyCondition({ ...errors, capacity }, previous('Ready'), nowMs));
  return { conditions, news };
}

/** setters.go MachineInfo, VersionInfo and GoRuntime; its ids are made up, the same everywhere. */
function nodeInfoOf({ node, runtimeVersion }: NodeStatusInput): NonNullable<NodeStatus['nodeInfo']> {
  const { nodeName, machine, runtimeName } = node;
  return {
    machineID: `machine-of-${nodeName}`,
    systemUUID: `machine-of-${nodeName}`,
    bootID: machine.bootId,
    kernelVersion: machine.system.kernelVersion,
    osImage: machine.system.osImage,
    containerRuntimeVersion:
      runtimeVersion === undefined ? machine.containerRuntimeVersion : `${runtimeName}://${runtimeVersion}`,
    kubeletVersion: machine.kubeletVersion,
    // Deprecated, and no longer filled in (gate DisableNodeKubeProxyVersion).
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: machine.system.architecture,
  };
}

/** Largest first, at most so many; -1 for all (setters.go Images). */
function imagesOf(images: readonly ImageOnNode[], limit: number): NonNullable<NodeStatus['images']> {
  const largestFirst = images.toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  const told = limit < 0 ? largestFirst : largestFirst.slice(0, limit);
  return told.map(({ repoDigests, repoTags, sizeBytes }) => ({
    names: [...repoDigests, ...repoTags].slice(0, MAX_NAMES),
    sizeBytes,
  }));
}
