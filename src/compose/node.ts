/** The node that every run starts with: the same on every machine, so that a run is the same everywhere. */
import { DEFAULT_CONFIGURATION } from '../api/kubelet-configuration/defaulting.ts';
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import type { NodeFacts, NodeSize } from '../cluster/node.ts';

/** The Kubernetes release whose behaviour is followed. */
const KUBELET_VERSION = 'v1.36.0';

const CPU_COUNT = 4;

const MI = 1024 ** 2;
const GI = 1024 ** 3;

/**
 * A small machine: guests' memory is memory of the machine that podstep runs on, so it has to be one that most
 * machines can give. And what the system and the kubelet themselves take of it.
 */
const SIZE = { memoryBytes: 4 * GI, diskBytes: 100 * GI, inodes: 6_553_600, maxPID: 32_768 };
const OWN = { memoryBytes: 128 * MI, diskBytes: GI, inodes: 20_000, processes: 60 };

/** `config` decides how many pods the node takes. */
export function nodeFacts(
  name: string,
  runtimeName: string,
  config = DEFAULT_CONFIGURATION,
  size: NodeSize = {},
): NodeFacts {
  const { memoryBytes, diskBytes, inodes, maxPID } = { ...SIZE, ...size };
  const disk = { device: '/dev/vda1', capacityBytes: diskBytes, inodes };
  return {
    name,
    hostIP: '127.0.0.1',
    cpuCount: CPU_COUNT,
    memoryBytes,
    disk,
    imageDisk:
      size.imageDiskBytes === undefined
        ? disk
        : { device: '/dev/vdb1', capacityBytes: size.imageDiskBytes, inodes },
    maxPID,
    own: OWN,
    maxPods: podCapacity(config),
    containerRuntimeVersion: `${runtimeName}://0.1.0`,
    kubeletVersion: KUBELET_VERSION,
  };
}

/** pkg/kubelet/nodestatus/setters.go MachineInfo: `podsPerCore`, where it is set, within `maxPods`. */
function podCapacity({ maxPods, podsPerCore }: KubeletConfiguration): number {
  return podsPerCore > 0 ? Math.min(CPU_COUNT * podsPerCore, maxPods) : maxPods;
}
