/** How much of the Engine's disk the images take. */
import type { ImageService } from '../../port.ts';
import type { DockerNode } from '../node.ts';

/** The part of `GET /system/df` that is read: the layers, each once. */
interface DiskUsage {
  /** Until 1.51. */
  readonly LayersSize?: number;
  /** From 1.52 on. */
  readonly ImageUsage?: { readonly TotalSize?: number };
}

/** Before 1.42 the Engine measures everything that it has: it is not asked more often. */
const FRESH_MS = 5_000;

/** CRI ImageFsInfo. The Engine counts no inodes. */
export function imageUsage(
  { engine, info }: Pick<DockerNode, 'engine' | 'info'>,
  now: () => number,
): ImageService['imageFsInfo'] {
  let measured: { readonly atMs: number; readonly usage: Promise<DiskUsage> } | undefined;
  return async () => {
    const nowMs = now();
    if (measured === undefined || nowMs - measured.atMs > FRESH_MS) {
      const query = engine.speaks(1, 42) ? { type: 'image' } : {};
      measured = { atMs: nowMs, usage: engine.call<DiskUsage>('GET', '/system/df', { query }) };
      measured.usage.catch(() => {
        measured = undefined;
      });
    }
    const { atMs, usage } = measured;
    const { LayersSize, ImageUsage } = await usage;
    const usedBytes = LayersSize ?? ImageUsage?.TotalSize ?? 0;
    return [{ atMs, mountpoint: info.DockerRootDir, usedBytes, inodesUsed: 0 }];
  };
}
