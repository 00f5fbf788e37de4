/** What the node and its pods use just now: the runtime's figures, the volumes' directories, and the machine's model. */
import type { MachineStats, MeasuredStats } from '../api/stats.ts';
import type { Runtime } from '../runtime/port.ts';
import type { NodeFiles } from './node-files.ts';

export interface Measured {
  readonly runtime: Runtime;
  readonly files: NodeFiles;
  readonly machine: MachineStats;
  readonly nowMs: number;
  /** Look into the volumes, too. */
  readonly volumes: boolean;
}

/** Stats of a container that came or went while they were read are left out. */
export async function readStats({
  runtime,
  files,
  machine,
  nowMs,
  volumes,
}: Measured): Promise<MeasuredStats> {
  const stats = await runtime.runtimeService.listContainerStats();
  const statuses = new Map(
    (await runtime.runtimeService.listContainers()).map((status) => [status.id, status]),
  );
  const [imageFs] = await runtime.imageService.imageFsInfo();
  return {
    atMs: nowMs,
    machine,
    containers: stats.flatMap((one) => {
      const status = statuses.get(one.id);
      return status === undefined ? [] : [{ status, stats: one }];
    }),
    images: { usedBytes: imageFs?.usedBytes ?? 0, inodesUsed: imageFs?.inodesUsed ?? 0 },
    ...(volumes ? { volumes: await files.volumeUsage() } : {}),
  };
}
