/** How much a directory of the host holds, in whole pages, as a file system in memory counts. */
import fs from 'node:fs';
import path from 'node:path';

const PAGE_BYTES = 4096;

/** Bytes, everything below it included; what is removed meanwhile counts nothing. */
export function usedBytes(directory: string): number {
  let total = 0;
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    const inside = path.join(directory, entry.name);
    if (entry.isDirectory()) total += usedBytes(inside);
    else if (entry.isFile()) {
      const { size } = fs.statSync(inside, { throwIfNoEntry: false }) ?? { size: 0 };
      total += Math.ceil(size / PAGE_BYTES) * PAGE_BYTES;
    }
  }
  return total;
}
