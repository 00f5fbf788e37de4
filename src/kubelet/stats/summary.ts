/**
 * The summary of what the node and its pods use, made from what was measured. Follows
 * pkg/kubelet/stats/cri_stats_provider.go ListPodStats and pkg/kubelet/server/stats/summary.go Get.
 */
import type { ContainerStats } from '../../api/cri.ts';
import type {
  ContainerUsage,
  FsStats,
  FsUsage,
  MachineStats,
  MeasuredContainer,
  MeasuredStats,
  MeasuredVolume,
  MemoryStats,
  NetworkStats,
  NodeStats,
  PodStats,
  StatsSummary,
} from '../../api/stats.ts';
import type { Pod } from '../../api/types.ts';
import { isLocalEphemeralVolume } from '../volumes/local-ephemeral.ts';

export interface SummaryInput {
  readonly measured: MeasuredStats;
  /** As they were found when somebody last looked for the pods; the node's disk is always as it is now. */
  readonly volumes: readonly MeasuredVolume[];
  /** By UID; volumes of pods that nobody knows belong to nobody. */
  readonly podOf: (podUid: string) => Pod | undefined;
  /** What of the node's memory pods may not have. */
  readonly reservedMemoryBytes: number;
}

/** The pods' part is made when somebody asks for it: most times the node has enough of everything. */
export function summarize(input: SummaryInput): StatsSummary {
  let pods: readonly PodStats[] | undefined;
  return {
    node: nodeStats(input),
    get pods() {
      pods ??= podsStats(input);
      return pods;
    },
  };
}

const isRunning = ({ running }: MeasuredContainer) => running;

function podsStats({ measured, volumes, podOf }: SummaryInput): readonly PodStats[] {
  const running = measured.containers.filter(isRunning);
  const containersOf = Map.groupBy(running, ({ podUid }) => podUid);
  const volumesOf = Map.groupBy(volumes, ({ podUid }) => podUid);
  const measuredOf = Map.groupBy(measured.volumes, ({ podUid }) => podUid);
  const uids = new Set([...containersOf.keys(), ...volumesOf.keys()]);
  return [...uids].sort().flatMap((podUid) => {
    const pod = podOf(podUid);
    if (pod === undefined) return [];
    const inMemory = (measuredOf.get(podUid) ?? []).filter((volume) => liesInMemory(pod, volume));
    const memoryBytes = podMemoryBytes(measured, podUid, containersOf.get(podUid) ?? [], inMemory);
    const found = { running: containersOf.get(podUid) ?? [], volumes: volumesOf.get(podUid) ?? [] };
    return [
      podStats(pod, { ...found, memoryBytes, network: measured.networks?.[podUid], atMs: measured.atMs }),
    ];
  });
}

/** An emptyDir with medium Memory: what lies there is its pod's memory, and takes no disk. */
function liesInMemory({ spec }: Pod, { name }: MeasuredVolume): boolean {
  return (spec.volumes ?? []).some((volume) => volume.name === name && volume.emptyDir?.medium === 'Memory');
}

/** As the runtime says it; a runtime that does not knows nothing of what its containers write into memory. */
function podMemoryBytes(
  { podMemoryBytes: said }: MeasuredStats,
  podUid: string,
  running: readonly MeasuredContainer[],
  inMemory: readonly MeasuredVolume[],
): number {
  return (
    said?.[podUid] ??
    total(running, ({ stats }) => stats.memoryWorkingSetBytes) + total(inMemory, ({ usedBytes }) => usedBytes)
  );
}

interface Found {
  readonly running: readonly MeasuredContainer[];
  readonly volumes: readonly MeasuredVolume[];
  readonly memoryBytes: number;
  readonly network: NetworkStats | undefined;
  readonly atMs: number;
}

function podStats(pod: Pod, { running, volumes, memoryBytes, network, atMs }: Found): PodStats {
  const containers = running.map(({ name, stats }) => containerUsage(name, stats));
  const ephemeral = volumes.filter(({ name }) =>
    pod.spec.volumes?.some((volume) => volume.name === name && isLocalEphemeralVolume(volume)),
  );
  const stats = running.map((each) => each.stats);
  return {
    podUid: pod.metadata.uid,
    containers,
    cpu: {
      usageNanoCores: total(stats, (each) => each.cpuUsageNanoCores),
      usageCoreNanoSeconds: total(stats, (each) => each.cpuUsageCoreNanoSeconds),
    },
    memory: { atMs, workingSetBytes: memoryBytes },
    volumes: volumes.map(({ name, usedBytes, inodesUsed }) => ({ name, usedBytes, inodesUsed })),
    ephemeralStorage: usageOf([...containers.flatMap(({ rootfs, logs }) => [rootfs, logs]), ...ephemeral]),
    processCount: total(stats, (each) => each.processCount),
    ...(network === undefined ? {} : { network }),
  };
}

function containerUsage(name: string, stats: ContainerStats): ContainerUsage {
  return {
    name,
    cpu: {
      usageNanoCores: stats.cpuUsageNanoCores,
      usageCoreNanoSeconds: stats.cpuUsageCoreNanoSeconds,
    },
    memory: { atMs: stats.atMs, workingSetBytes: stats.memoryWorkingSetBytes },
    rootfs: layerOf(stats),
    logs: logsOf(stats),
  };
}

const layerOf = ({ writableLayerBytes, writableLayerInodes }: ContainerStats) => ({
  usedBytes: writableLayerBytes,
  inodesUsed: writableLayerInodes,
});

const logsOf = ({ logBytes }: ContainerStats) => ({ usedBytes: logBytes, inodesUsed: logBytes > 0 ? 1 : 0 });

/** Everything that runs takes memory and processes; everything that lies there takes disk, the dead included. */
function nodeStats({ measured, podOf, reservedMemoryBytes }: SummaryInput): NodeStats {
  const { machine, atMs, containers, images } = measured;
  const running = containers.filter(isRunning);
  const { memory: inMemory = [], disk: onDisk = [] } = Object.groupBy(measured.volumes, (volume) => {
    const pod = podOf(volume.podUid);
    return pod !== undefined && liesInMemory(pod, volume) ? 'memory' : 'disk';
  });
  const runningOf = Map.groupBy(running, ({ podUid }) => podUid);
  const inMemoryOf = Map.groupBy(inMemory, ({ podUid }) => podUid);
  const podsMemory = total([...new Set([...runningOf.keys(), ...inMemoryOf.keys()])], (uid) =>
    podMemoryBytes(measured, uid, runningOf.get(uid) ?? [], inMemoryOf.get(uid) ?? []),
  );
  const layers = usageOf(containers.map(({ stats }) => layerOf(stats)));
  const rest = usageOf([ownDisk(machine), ...containers.map(({ stats }) => logsOf(stats)), ...onDisk]);
  return {
    memory: memoryStats(machine.memoryBytes, machine.own.memoryBytes + podsMemory, atMs),
    podsCgroup: memoryStats(machine.memoryBytes - reservedMemoryBytes, podsMemory, atMs),
    ...fileSystems(machine, { rest, layers, images }, atMs),
    rlimit: {
      atMs,
      maxPID: machine.maxPID,
      runningProcesses: machine.own.processes + total(running, ({ stats }) => stats.processCount),
    },
  };
}

const ownDisk = ({ own }: MachineStats): FsUsage => ({ usedBytes: own.diskBytes, inodesUsed: own.inodes });

function memoryStats(capacityBytes: number, workingSetBytes: number, atMs: number): MemoryStats {
  return { atMs, availableBytes: Math.max(0, capacityBytes - workingSetBytes), workingSetBytes };
}

interface DiskUse {
  readonly rest: Required<FsUsage>;
  readonly layers: Required<FsUsage>;
  readonly images: Required<FsUsage>;
}

/** Each file system's own use; what is left of it is what is left of its disk. */
function fileSystems(
  { disk, imageDisk }: MachineStats,
  { rest, layers, images }: DiskUse,
  atMs: number,
): Required<Pick<NodeStats, 'fs' | 'imageFs' | 'containerFs'>> {
  const shared = disk.device === imageDisk.device;
  const imageDiskUse = usageOf(shared ? [rest, layers, images] : [layers, images]);
  const on = (
    { device, capacityBytes, inodes }: typeof disk,
    used: Required<FsUsage>,
    own = used,
  ): FsStats => ({
    atMs,
    device,
    capacityBytes,
    inodes,
    availableBytes: Math.max(0, capacityBytes - used.usedBytes),
    inodesFree: Math.max(0, inodes - used.inodesUsed),
    ...own,
  });
  return {
    fs: on(disk, shared ? imageDiskUse : rest),
    imageFs: on(imageDisk, imageDiskUse, images),
    containerFs: on(imageDisk, imageDiskUse, layers),
  };
}

function usageOf(parts: readonly (FsUsage | undefined)[]): Required<FsUsage> {
  return {
    usedBytes: total(parts, (part) => part?.usedBytes ?? 0),
    inodesUsed: total(parts, (part) => part?.inodesUsed ?? 0),
  };
}

function total<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((sum, item) => sum + amount(item), 0);
}
