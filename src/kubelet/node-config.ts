/** The node that the kubelet runs on: what it is called, where it is, and what it may give to pods. */
import { DEFAULT_CONFIGURATION } from '../api/kubelet-configuration/defaulting.ts';
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';

/** What the machine is, as cAdvisor would find it; nothing here changes while it runs. */
export interface MachineInfo {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  /** The size of the root file system: nodefs, and imagefs where there is no other. */
  readonly ephemeralStorageBytes: number;
  readonly maxPods: number;
  /** For example `wasm://0.1.0`. */
  readonly containerRuntimeVersion: string;
  readonly kubeletVersion: string;
  /** Another one after a restart of the machine. */
  readonly bootId: string;
  /** What runs it. */
  readonly system: NodeSystem;
}

/** A machine's operating system, in the words of a Node's `nodeInfo`. */
export interface NodeSystem {
  readonly kernelVersion: string;
  readonly osImage: string;
  /** As Go calls it: `amd64`, `arm64`, `wasm32`. */
  readonly architecture: string;
}

/** The made-up machine, on which every program is WebAssembly. */
export const WASM_SYSTEM: NodeSystem = {
  kernelVersion: 'none',
  osImage: 'WebAssembly System Interface',
  architecture: 'wasm32',
};

export interface NodeConfig {
  readonly nodeName: string;
  readonly hostIP: string;
  /** The runtime's name as it stands in container ids: `wasm`, `docker`, `fake`. */
  readonly runtimeName: string;
  readonly machine: MachineInfo;
  readonly allocatable: {
    readonly cpuMilli: number;
    readonly memoryBytes: number;
    readonly pods: number;
    /** Undefined: nobody counts it. */
    readonly ephemeralStorageBytes?: number;
  };
}

/** A machine that has just what pods may have. */
export function machineOf({ cpuMilli, memoryBytes, pods }: NodeConfig['allocatable']): MachineInfo {
  return {
    cpuMilli,
    memoryBytes,
    ephemeralStorageBytes: 2 ** 36,
    maxPods: pods,
    containerRuntimeVersion: '',
    kubeletVersion: '',
    bootId: '',
    system: WASM_SYSTEM,
  };
}

/** What may be given to pods as quantities: what a limit that is not set counts as in the downward API. */
export function allocatableQuantities({ allocatable }: NodeConfig): Readonly<Record<string, string>> {
  const { cpuMilli, memoryBytes, ephemeralStorageBytes: disk } = allocatable;
  const quantities = { cpu: `${cpuMilli}m`, memory: String(memoryBytes) };
  return disk === undefined ? quantities : { ...quantities, 'ephemeral-storage': String(disk) };
}

/** A kubelet that nobody gave a configuration file: the defaults, and the cluster's DNS as kubeadm would set it. */
export const CLUSTER_CONFIGURATION: KubeletConfiguration = {
  ...DEFAULT_CONFIGURATION,
  clusterDNS: ['10.96.0.10'],
  clusterDomain: 'cluster.local',
};
