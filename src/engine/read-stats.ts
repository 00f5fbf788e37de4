/** What the node and its pods use just now: the runtime's figures, the volumes' directories, and the machine's model. */
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
  const [statuses, stats, [imageFs], volumes] = await Promise.all([
    runtimeService.listContainers(),
    runtimeService.listContainerStats(),
    imageService.imageFsInfo(),
    looking,
  ]);
  const byId = new Map(stats.map((one) => [one.id, one]));
  return {
    atMs,
    machine,
    // One that came or went meanwhile is left out.
    containers: statuses.flatMap((status) => {
      const one = byId.get(status.id);
      return one === undefined ? [] : [{ status, stats: one }];
    }),
    images: { usedBytes: imageFs?.usedBytes ?? 0, inodesUsed: imageFs?.inodesUsed ?? 0 },
    volumes,
  };
}
