/** How much lies in the pods' volumes, found out by walking through their directories, as `du` does. */
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MeasuredVolume } from '../api/stats.ts';

/** A file takes whole blocks, on every machine the same. */
const BLOCK_BYTES = 4096;

/** Every volume's directory below `root`: `<uid>/volumes/<plugin>/<name>`, sorted. */
export async function volumeUsage(root: string): Promise<readonly MeasuredVolume[]> {
  const found: MeasuredVolume[] = [];
  for (const podUid of await namesIn(root)) {
    const volumes = join(root, podUid, 'volumes');
    for (const plugin of await namesIn(volumes)) {
      for (const name of await namesIn(join(volumes, plugin))) {
        found.push({ podUid, name, ...(await usageOf(join(volumes, plugin, name))) });
      }
    }
  }
  return found;
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

async function namesIn(directory: string): Promise<readonly string[]> {
  return (await entriesOf(directory))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** A directory that is gone, or that may not be looked into, holds nothing. */
function entriesOf(directory: string): Promise<readonly Dirent[]> {
  return readdir(directory, { withFileTypes: true }).catch(() => []);
}
