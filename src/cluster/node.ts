/** The Node object that a kubelet registers when it starts (pkg/kubelet/kubelet_node_status.go, initialNode). */
import type { MachineStats } from '../api/stats.ts';
import type { KubeObject } from '../api/types.ts';
import { formatTime } from '../lib/time.ts';

/** What a node is called, what it runs on, and how large that is. */
export interface NodeFacts extends MachineStats {
  readonly name: string;
  readonly hostIP: string;
  readonly cpuCount: number;
  readonly maxPods: number;
  /** For example `wasm://0.1.0`. */
  readonly containerRuntimeVersion: string;
  readonly kubeletVersion: string;
}

/** The machine alone. */
export function machineOf({ memoryBytes, disk, imageDisk, maxPID, own }: NodeFacts): MachineStats {
  return { memoryBytes, disk, imageDisk, maxPID, own };
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
