/** Files that are there whole or not at all, also after a power cut: write aside, fsync, rename. */
import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What was begun and not finished carries this in its name; nothing ever reads it. */
export const UNFINISHED = '.unfinished-';

/** Makes what was renamed within a directory outlast a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open directories; there the rename alone has to do.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes `bytes` to `path`, in place of what was there. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const aside = `${path}${UNFINISHED}${randomUUID()}`;
  try {
    const handle = await open(aside, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Deletes the entries of `directory` that are not needed and have not changed for `minAgeMs`. */
export async function sweepDirectory(
  directory: string,
  isNeeded: (name: string) => boolean,
  minAgeMs: number,
): Promise<void> {
  // A directory that is not there yet holds nothing; another process may take an entry away first.
  for (const name of await readdir(directory).catch(() => [])) {
    if (isNeeded(name)) continue;
    const path = join(directory, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs >= minAgeMs) await rm(path, { recursive: true, force: true });
  }
}
