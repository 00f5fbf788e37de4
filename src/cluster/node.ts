/** The machine that a run's node is, as whoever composes the run decides. */
import type { MachineStats } from '../api/stats.ts';

/** What a node is called, what it runs on, and how large that is. */
export interface NodeFacts extends MachineStats {
  readonly name: string;
  readonly hostIP: string;
  readonly cpuCount: number;
  readonly maxPods: number;
  /** For example `wasm://0.1.0`. */
  readonly containerRuntimeVersion: string;
  readonly kubeletVersion: string;
  /** Other nodes of the cluster, which are well: without any, a lost node has nobody to take its pods. */
  readonly peers?: readonly string[];
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
