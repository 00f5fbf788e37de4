/** The machine that a run's node is, as whoever composes the run decides. */
import type { MachineStats } from '../api/stats.ts';
import type { NodeSystem } from '../kubelet/node-config.ts';

/** What a node is called, what it runs on, and how large that is. */
export interface NodeFacts extends FoundMachine {
  readonly name: string;
  readonly maxPods: number;
  readonly kubeletVersion: string;
  /** Other nodes of the cluster, which are well: without any, a lost node has nobody to take its pods. */
  readonly peers?: readonly string[];
}

/** A machine with what runs it: a made-up one, or one that is really there, as the container engine on it says. */
export interface FoundMachine extends MachineStats {
  readonly hostIP: string;
  readonly cpuCount: number;
  /** For example `wasm://0.1.0`. */
  readonly containerRuntimeVersion: string;
  /** Another one after a restart of the machine. */
  readonly bootId: string;
  readonly system: NodeSystem;
}

/** The machine alone. */
export function machineOf({ memoryBytes, disk, imageDisk, maxPID, own }: NodeFacts): MachineStats {
  return { memoryBytes, disk, imageDisk, maxPID, own };
}

/** How large the node is; what is left out has its default. Bytes. */
export interface NodeSize {
  readonly memoryBytes?: number;
  readonly diskBytes?: number;
  readonly inodes?: number;
  /** Gives images and writable layers a disk of their own. */
  readonly imageDiskBytes?: number;
  readonly maxPID?: number;
}
