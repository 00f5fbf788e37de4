/** The node that the kubelet runs on: what it is called, where it is, and what it may give to pods. */
import { DEFAULT_CONFIGURATION } from '../api/kubelet-configuration/defaulting.ts';
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';

export interface NodeConfig {
  readonly nodeName: string;
  readonly hostIP: string;
  /** The runtime's name as it stands in container ids: `wasm`, `docker`, `fake`. */
  readonly runtimeName: string;
  readonly allocatable: {
    readonly cpuMilli: number;
    readonly memoryBytes: number;
    readonly pods: number;
  };
}

/** What may be given to pods as quantities: what a limit that is not set counts as in the downward API. */
export function allocatableQuantities({ allocatable }: NodeConfig): Readonly<Record<string, string>> {
  return { cpu: `${allocatable.cpuMilli}m`, memory: String(allocatable.memoryBytes) };
}

/** A kubelet that nobody gave a configuration file: the defaults, and the cluster's DNS as kubeadm would set it. */
export const CLUSTER_CONFIGURATION: KubeletConfiguration = {
  ...DEFAULT_CONFIGURATION,
  clusterDNS: ['10.96.0.10'],
  clusterDomain: 'cluster.local',
};
