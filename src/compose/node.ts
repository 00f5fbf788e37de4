/** The node that a run starts with: the same made-up one on every machine, so that a run is the same everywhere. */
import { DEFAULT_CONFIGURATION } from '../api/kubelet-configuration/defaulting.ts';
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import type { FoundMachine, NodeFacts, NodeSize } from '../cluster/node.ts';
import { WASM_SYSTEM } from '../kubelet/node-config.ts';

/** The Kubernetes release whose behaviour is followed. */
const KUBELET_VERSION = 'v1.36.0';

const MI = 1024 ** 2;
const GI = 1024 ** 3;

/** What the system and the kubelet themselves take of a machine. */
const OWN = { memoryBytes: 128 * MI, diskBytes: GI, inodes: 20_000, processes: 60 };

const DISK = { device: '/dev/vda1', capacityBytes: 100 * GI, inodes: 6_553_600 };

/** A small machine: guests' memory is memory of the machine that podstep runs on, so most must be able to give it. */
const MADE_UP: Omit<FoundMachine, 'containerRuntimeVersion'> = {
  hostIP: '127.0.0.1',
  cpuCount: 4,
  memoryBytes: 4 * GI,
  disk: DISK,
  imageDisk: DISK,
  maxPID: 32_768,
  own: OWN,
  bootId: 'the-first-boot',
  system: WASM_SYSTEM,
};

/** What decides what a node is, beside its name. */
export interface NodeOptions {
  /** As it stands in container ids: `wasm`. */
  readonly runtimeName: string;
  /** Decides how many pods the node takes. */
  readonly config?: KubeletConfiguration | undefined;
  /** Comes before what the machine has. */
  readonly size?: NodeSize | undefined;
  /** The machine that is really there, where containers run on one; by default the made-up one. */
  readonly machine?: FoundMachine | undefined;
}

/** What a node of this name is made of. */
export function nodeFacts(name: string, options: NodeOptions): NodeFacts {
  const { runtimeName, config = DEFAULT_CONFIGURATION, size = {} } = options;
  const machine = options.machine ?? { ...MADE_UP, containerRuntimeVersion: `${runtimeName}://0.1.0` };
  return {
    ...machine,
    ...sized(machine, size),
    name,
    maxPods: podCapacity(machine.cpuCount, config),
    kubeletVersion: KUBELET_VERSION,
  };
}

/** A node of another size is a share of the machine: what else runs on that does not count in it. */
function sized(machine: FoundMachine, size: NodeSize): Partial<NodeFacts> {
  const { memoryBytes, diskBytes, inodes, imageDiskBytes, maxPID } = size;
  const isOtherDisk = diskBytes !== undefined || inodes !== undefined;
  const disk = {
    ...machine.disk,
    capacityBytes: diskBytes ?? machine.disk.capacityBytes,
    inodes: inodes ?? machine.disk.inodes,
  };
  const shared = machine.imageDisk.device === machine.disk.device ? disk : machine.imageDisk;
  return {
    memoryBytes: memoryBytes ?? machine.memoryBytes,
    maxPID: maxPID ?? machine.maxPID,
    disk,
    imageDisk:
      imageDiskBytes === undefined
        ? shared
        : { device: '/dev/vdb1', capacityBytes: imageDiskBytes, inodes: disk.inodes },
    own: {
      memoryBytes: memoryBytes === undefined ? machine.own.memoryBytes : OWN.memoryBytes,
      diskBytes: isOtherDisk ? OWN.diskBytes : machine.own.diskBytes,
      inodes: isOtherDisk ? OWN.inodes : machine.own.inodes,
      processes: maxPID === undefined ? machine.own.processes : OWN.processes,
    },
  };
}

/** pkg/kubelet/nodestatus/setters.go MachineInfo: `podsPerCore`, where it is set, within `maxPods`. */
function podCapacity(cpuCount: number, { maxPods, podsPerCore }: KubeletConfiguration): number {
  return podsPerCore > 0 ? Math.min(cpuCount * podsPerCore, maxPods) : maxPods;
}
