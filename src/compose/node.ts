/** The node that every run starts with: the same on every machine, so that a run is the same everywhere. */
import { DEFAULT_CONFIGURATION } from '../api/kubelet-configuration/defaulting.ts';
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import type { NodeFacts } from '../cluster/node.ts';

/** The Kubernetes release whose behaviour is followed. */
const KUBELET_VERSION = 'v1.36.0';

const CPU_COUNT = 4;

/** `config` decides how many pods the node takes. */
export function nodeFacts(name: string, runtimeName: string, config = DEFAULT_CONFIGURATION): NodeFacts {
  return {
    name,
    hostIP: '127.0.0.1',
    cpuCount: CPU_COUNT,
    memoryBytes: 8 * 1024 ** 3,
    maxPods: podCapacity(config),
    containerRuntimeVersion: `${runtimeName}://0.1.0`,
    kubeletVersion: KUBELET_VERSION,
  };
}

/** pkg/kubelet/nodestatus/setters.go MachineInfo: `podsPerCore`, where it is set, within `maxPods`. */
function podCapacity({ maxPods, podsPerCore }: KubeletConfiguration): number {
  return podsPerCore > 0 ? Math.min(CPU_COUNT * podsPerCore, maxPods) : maxPods;
}
