/**
 * What a node and its pods use: the Summary API (k8s.io/kubelet pkg/apis/stats/v1alpha1), narrowed to what the
 * kubelet decides by, and the measurements that it is made from. Sizes are bytes, times epoch milliseconds. A
 * figure that is undefined was not measured.
 */
import type { ContainerStats } from './cri.ts';

export interface MemoryStats {
  readonly atMs: number;
  readonly availableBytes?: number;
  readonly workingSetBytes?: number;
}

/** What one thing (a writable layer, the logs of a container, a volume) takes of a file system. */
export interface FsUsage {
  readonly usedBytes?: number;
  readonly inodesUsed?: number;
}

/** A whole file system. */
export interface FsStats extends FsUsage {
  readonly atMs: number;
  /** File systems of the same device share their room. */
  readonly device?: string;
  readonly availableBytes?: number;
  readonly capacityBytes?: number;
  readonly inodesFree?: number;
  readonly inodes?: number;
}

export interface CpuStats {
  readonly usageNanoCores: number;
  readonly usageCoreNanoSeconds: number;
}

export interface ContainerUsage {
  readonly name: string;
  readonly cpu?: CpuStats;
  readonly memory?: MemoryStats;
  readonly rootfs?: FsUsage;
  readonly logs?: FsUsage;
}

export interface VolumeUsage extends FsUsage {
  readonly name: string;
}

/** Of a pod's own interface, since its sandbox began. */
export interface NetworkStats {
  readonly name: string;
  readonly rxBytes: number;
  readonly txBytes: number;
}

export interface PodStats {
  readonly podUid: string;
  readonly containers: readonly ContainerUsage[];
  readonly cpu?: CpuStats;
  readonly memory?: MemoryStats;
  readonly volumes: readonly VolumeUsage[];
  /** Writable layers, logs and the volumes that live on the node's own disk, together. */
  readonly ephemeralStorage?: FsUsage;
  readonly processCount?: number;
  readonly network?: NetworkStats;
}

export interface NodeStats {
  readonly cpu?: CpuStats;
  readonly memory?: MemoryStats;
  /** What all pods together may have and have: the cgroup `kubepods`. */
  readonly podsCgroup?: MemoryStats;
  /** The file system of the kubelet's directory. */
  readonly fs?: FsStats;
  /** That of the images. */
  readonly imageFs?: FsStats;
  /** That of the containers' writable layers. */
  readonly containerFs?: FsStats;
  readonly rlimit?: { readonly atMs: number; readonly maxPID: number; readonly runningProcesses: number };
}

export interface StatsSummary {
  readonly node: NodeStats;
  readonly pods: readonly PodStats[];
}

/** A disk of the machine. */
export interface Disk {
  readonly device: string;
  readonly capacityBytes: number;
  readonly inodes: number;
}

/** The machine and what runs and lies on it besides pods, as cAdvisor reports it. */
export interface MachineStats {
  readonly memoryBytes: number;
  /** Where the kubelet's directory lies. */
  readonly disk: Disk;
  /** Where images and writable layers lie: often the same disk. */
  readonly imageDisk: Disk;
  readonly maxPID: number;
  readonly own: {
    readonly memoryBytes: number;
    readonly diskBytes: number;
    readonly inodes: number;
    readonly processes: number;
  };
}

/** What was found in one volume's directory. */
export interface MeasuredVolume extends VolumeUsage {
  readonly podUid: string;
  readonly usedBytes: number;
  readonly inodesUsed: number;
}

/** What a container uses, and whose it is. */
export interface MeasuredContainer {
  readonly podUid: string;
  readonly name: string;
  readonly running: boolean;
  readonly stats: ContainerStats;
}

/** Everything that was measured at one instant. */
export interface MeasuredStats {
  readonly atMs: number;
  readonly machine: MachineStats;
  /** Every container there is; one that has exited still holds its layer and its log. */
  readonly containers: readonly MeasuredContainer[];
  /** What the images take. */
  readonly images: Required<FsUsage>;
  readonly volumes: readonly MeasuredVolume[];
  /** By the pod's UID: what it holds as a whole, where the runtime says it. */
  readonly podMemoryBytes?: Readonly<Record<string, number>>;
  /** Of pods whose sandbox is ready, by UID. */
  readonly networks?: Readonly<Record<string, NetworkStats>>;
}
