/** One writer at a time in a directory that several processes share. */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PodstepError } from '../../../lib/errors.ts';

const RETRY_MS = 15;
const GIVE_UP_MS = 30_000;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function holderOf(lock: string): Promise<number | undefined> {
  const pid = Number.parseInt(await readFile(lock, 'utf8').catch(() => ''), 10);
  return Number.isInteger(pid) ? pid : undefined;
}

/** Takes a lock away whose process has ended without giving it back. */
async function breakStale(lock: string): Promise<void> {
  const holder = await holderOf(lock);
  if (holder === undefined || isAlive(holder)) return;
  // Another process may do the same and hold it already: what was moved aside is looked at again.
  const aside = `${lock}.${process.pid}.${randomUUID()}`;
  await rename(lock, aside).catch(() => undefined);
  const moved = await holderOf(aside);
  if (moved !== undefined && isAlive(moved)) await link(aside, lock).catch(() => undefined);
  await rm(aside, { force: true });
}

async function take(lock: string, candidate: string): Promise<boolean> {
  try {
    // A hard link appears at once and with its content; it fails when the lock is there.
    await link(candidate, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await breakStale(lock);
    return false;
  }
}

/**
 * Runs `work` while this process (and this call in it) alone holds the lock of `directory`.
 * @throws PodstepError when another process holds it for half a minute.
 */
export async function withLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const lock = join(directory, 'lock');
  const candidate = join(directory, `lock.${process.pid}.${randomUUID()}`);
  await writeFile(candidate, String(process.pid));
  try {
    const giveUpAt = performance.now() + GIVE_UP_MS;
    while (!(await take(lock, candidate))) {
      if (performance.now() > giveUpAt)
        throw new PodstepError('RUNTIME_UNAVAILABLE', `another process holds ${lock}`, {
          advice: 'When no podstep runs, delete that file.',
        });
      await delay(RETRY_MS);
    }
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  } finally {
    await rm(candidate, { force: true });
  }
}
