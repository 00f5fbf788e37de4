/** The Node object that a kubelet registers when it starts (pkg/kubelet/kubelet_node_status.go, initialNode). */
import type { KubeObject } from '../api/types.ts';
import { formatTime } from '../lib/time.ts';

export interface NodeFacts {
  readonly name: string;
  readonly hostIP: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly maxPods: number;
  /** For example `wasm://0.1.0`. */
  readonly containerRuntimeVersion: string;
  readonly kubeletVersion: string;
}

/** A node that has just become ready at `atMs`. */
export function readyNode(facts: NodeFacts, atMs: number): KubeObject {
  const resources = {
    cpu: String(facts.cpuCount),
    memory: `${Math.floor(facts.memoryBytes / 1024)}Ki`,
    pods: String(facts.maxPods),
  };
  const time = formatTime(atMs);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: facts.name,
      labels: {
        'kubernetes.io/hostname': facts.name,
        'kubernetes.io/arch': 'wasm32',
        'kubernetes.io/os': 'linux',
      },
    },
    spec: {},
    status: {
      capacity: resources,
      allocatable: resources,
      addresses: [
        { type: 'InternalIP', address: facts.hostIP },
        { type: 'Hostname', address: facts.name },
      ],
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
          lastHeartbeatTime: time,
          lastTransitionTime: time,
        },
      ],
      nodeInfo: {
        architecture: 'wasm32',
        operatingSystem: 'linux',
        kubeletVersion: facts.kubeletVersion,
        containerRuntimeVersion: facts.containerRuntimeVersion,
      },
    },
  };
}
