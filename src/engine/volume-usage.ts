/** How much lies in the pods' emptyDirs, found out by walking through them, as `du` does. */
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MeasuredVolume } from '../api/stats.ts';
import type { VolumeMountRequest } from '../machines/effects.ts';

/** A file takes whole blocks, on every machine the same. */
const BLOCK_BYTES = 4096;

type Volume = Pick<VolumeMountRequest, 'podUid' | 'volumeName'>;

/** The emptyDirs that there are: nobody looks for them every few seconds in the directories of all pods. */
export class EmptyDirs {
  /** By their paths on this machine. */
  readonly #volumes = new Map<string, Volume>();

  add(path: string, { podUid, volumeName }: Volume): void {
    this.#volumes.set(path, { podUid, volumeName });
  }

  delete(path: string): void {
    this.#volumes.delete(path);
  }

  async usage(): Promise<readonly MeasuredVolume[]> {
    const found: MeasuredVolume[] = [];
    for (const [path, { podUid, volumeName }] of this.#volumes) {
      // Unmounted meanwhile.
      if ((await lstat(path).catch(() => undefined)) === undefined) this.delete(path);
      else found.push({ podUid, name: volumeName, ...(await usageOf(path)) });
    }
    return found;
  }
}

/** pkg/volume/util/fs Usage: bytes in whole blocks and inodes, the directory's own among them. */
async function usageOf(path: string): Promise<{ usedBytes: number; inodesUsed: number }> {
  const total = { usedBytes: BLOCK_BYTES, inodesUsed: 1 };
  for (const entry of await entriesOf(path)) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) {
      const below = await usageOf(inside);
      total.usedBytes += below.usedBytes;
      total.inodesUsed += below.inodesUsed;
      continue;
    }
    // What a guest removes meanwhile takes nothing any more.
    const size = (await lstat(inside).catch(() => undefined))?.size ?? 0;
    total.usedBytes += Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    total.inodesUsed += 1;
  }
  return total;
}

/** A directory that is gone, or that may not be looked into, holds nothing. */
function entriesOf(directory: string): Promise<readonly Dirent[]> {
  return readdir(directory, { withFileTypes: true }).catch(() => []);
}
