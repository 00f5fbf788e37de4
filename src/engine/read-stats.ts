/** What the node and its pods use just now: the runtime's figures, the volumes' directories, and the machine's model. */
import { LABEL } from '../api/cri.ts';
import type { MachineStats, MeasuredStats, MeasuredVolume } from '../api/stats.ts';
import type { Runtime } from '../runtime/port.ts';

export interface Measured {
  readonly atMs: number;
  readonly machine: MachineStats;
  readonly volumes: Promise<readonly MeasuredVolume[]>;
}

/** Asks everybody at once, so that no virtual time goes by between the answers. */
export async function readStats(
  { runtimeService, imageService }: Runtime,
  { atMs, machine, volumes: looking }: Measured,
): Promise<MeasuredStats> {
  const [statuses, stats, sandboxes, sandboxStats, [imageFs], volumes] = await Promise.all([
    runtimeService.listContainers(),
    runtimeService.listContainerStats(),
    runtimeService.listPodSandbox(),
    runtimeService.listPodSandboxStats(),
    imageService.imageFsInfo(),
    looking,
  ]);
  const byId = new Map(stats.map((one) => [one.id, one]));
  const uids = new Map(sandboxes.map(({ id, metadata }) => [id, metadata.uid]));
  const ofPods = sandboxStats.flatMap(({ id, ...rest }) => {
    const uid = uids.get(id);
    return uid === undefined ? [] : [{ uid, ...rest }];
  });
  return {
    atMs,
    machine,
    // One that came or went meanwhile is left out.
    containers: statuses.flatMap(({ id, labels, metadata, state }) => {
      const own = byId.get(id);
      if (own === undefined) return [];
      const podUid = labels[LABEL.podUid] ?? '';
      return [{ podUid, name: metadata.name, running: state === 'CONTAINER_RUNNING', stats: own }];
    }),
    images: { usedBytes: imageFs?.usedBytes ?? 0, inodesUsed: imageFs?.inodesUsed ?? 0 },
    volumes,
    networks: Object.fromEntries(ofPods.map(({ uid, network }) => [uid, network])),
    podMemoryBytes: Object.fromEntries(
      ofPods.flatMap(({ uid, memoryWorkingSetBytes: bytes }) => (bytes === undefined ? [] : [[uid, bytes]])),
    ),
  };
}
