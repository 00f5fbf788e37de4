/** The node that every run starts with: the same on every machine, so that a run is the same everywhere. */
import type { NodeFacts } from '../cluster/node.ts';

/** The Kubernetes release whose behaviour is followed. */
const KUBELET_VERSION = 'v1.36.0';

export function nodeFacts(name: string, runtimeName: string): NodeFacts {
  return {
    name,
    hostIP: '127.0.0.1',
    cpuCount: 4,
    memoryBytes: 8 * 1024 ** 3,
    maxPods: 110,
    containerRuntimeVersion: `${runtimeName}://0.1.0`,
    kubeletVersion: KUBELET_VERSION,
  };
}
