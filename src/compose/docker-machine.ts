/** The machine of a Docker Engine as the node's: what its `info` says, and of this machine's disk what can be seen. */
import { readFileSync, statfsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Disk } from '../api/stats.ts';
import type { FoundMachine } from '../cluster/node.ts';
import type { EngineInfo, EngineVersion } from '../runtime/docker/engine/types.ts';

/** For an Engine in a machine of its own, whose disk cannot be seen from here. */
const UNSEEN_DISK: Disk = { device: '/dev/vda1', capacityBytes: 100 * 1024 ** 3, inodes: 6_553_600 };
const USUAL_MAX_PID = 32_768;

/** `engine` is the Engine's own word; the rest is read from this machine, as far as that is the Engine's, too. */
export function foundMachine(info: EngineInfo, version: EngineVersion): FoundMachine {
  const { Arch: architecture, Version, KernelVersion: kernelVersion = '' } = version;
  const disk = diskOf(info.DockerRootDir);
  return {
    hostIP: hostAddress() ?? '127.0.0.1',
    cpuCount: info.NCPU,
    memoryBytes: info.MemTotal,
    disk: disk?.disk ?? UNSEEN_DISK,
    imageDisk: disk?.disk ?? UNSEEN_DISK,
    maxPID: Number(textOf('/proc/sys/kernel/pid_max') ?? USUAL_MAX_PID),
    own: {
      memoryBytes: usedMemoryBytes(info.MemTotal),
      diskBytes: disk?.usedBytes ?? 0,
      inodes: disk?.usedInodes ?? 0,
      processes: processes(),
    },
    // Without what a distribution adds: `20.10.24+dfsg1`.
    containerRuntimeVersion: `docker://${Version.replace(/\+.*$/, '')}`,
    bootId: textOf('/proc/sys/kernel/random/boot_id') ?? info.ID,
    system: { kernelVersion, osImage: info.OperatingSystem, architecture },
  };
}

/** The file system of the Engine's images and containers, where it is this machine's. */
function diskOf(
  directory: string,
): { readonly disk: Disk; readonly usedBytes: number; readonly usedInodes: number } | undefined {
  try {
    const { blocks, bfree, bsize, files, ffree } = statfsSync(directory);
    const disk = { device: directory, capacityBytes: blocks * bsize, inodes: files };
    return { disk, usedBytes: (blocks - bfree) * bsize, usedInodes: files - ffree };
  } catch {
    return undefined;
  }
}

/** What runs there beside the pods, when the node begins. */
function usedMemoryBytes(totalBytes: number): number {
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(textOf('/proc/meminfo') ?? '')?.[1];
  return available === undefined ? 0 : Math.max(0, totalBytes - Number(available) * 1024);
}

/** loadavg: the fourth field is running/all. */
function processes(): number {
  return Number(/\/(\d+) /.exec(textOf('/proc/loadavg') ?? '')?.[1] ?? 0);
}

/** The address by which others reach this machine: the first of a real interface. */
function hostAddress(): string | undefined {
  const interfaces = Object.entries(networkInterfaces()).filter(([name]) => !/^(docker|br-|veth)/.test(name));
  const addresses = interfaces.flatMap(([, ofOne]) => ofOne ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
