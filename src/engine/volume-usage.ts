/** How much lies in the pods' emptyDirs, found out by walking through them, as `du` does. */
import { type Dirent, existsSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MeasuredVolume } from '../api/stats.ts';

/** A file takes whole blocks, on every machine the same. */
const BLOCK_BYTES = 4096;

/** Below a pod's directory (kubelet/paths.ts). */
const EMPTY_DIRS = join('volumes', 'kubernetes.io~empty-dir');

/** Every emptyDir of the pods whose directories lie in `root`, sorted. */
export async function volumeUsage(root: string): Promise<readonly MeasuredVolume[]> {
  const found: MeasuredVolume[] = [];
  for (const podUid of await namesIn(root)) {
    const emptyDirs = join(root, podUid, EMPTY_DIRS);
    // Most pods have none, and this is asked of each of them every few seconds.
    if (!existsSync(emptyDirs)) continue;
    for (const name of await namesIn(emptyDirs)) {
      found.push({ podUid, name, ...(await usageOf(join(emptyDirs, name))) });
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
