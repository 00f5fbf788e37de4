/** One writer at a time in a directory that several processes share. */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PodstepError } from '../../../lib/errors.ts';

const RETRY_MS = 15;
const GIVE_UP_MS = 30_000;

/** Nobody leaves the lock untouched so long: its process is gone, on whatever machine it ran. */
const STALE_MS = 300_000;
/** How often a file is touched by the process that it belongs to. */
export const TOUCH_MS = 60_000;
/** Who holds a lock. Other machines and containers that share the directory have process numbers of their own. */
export const SELF = `${process.pid} ${hostname()}`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** True when the process whose `SELF` begins the file has ended without removing it. */
export async function isStale(lock: string): Promise<boolean> {
  try {
    const [pid = '', host] = (await readFile(lock, 'utf8')).split(' ');
    if (host === hostname() && !isAlive(Number(pid))) return true;
    return Date.now() - (await stat(lock)).mtimeMs > STALE_MS;
  } catch {
    // It was given back while we looked.
    return false;
  }
}

async function breakStale(lock: string): Promise<void> {
  if (!(await isStale(lock))) return;
  // Another process may do the same and hold it already: what was moved aside is looked at again.
  const aside = `${lock}.${process.pid}.${randomUUID()}`;
  // Each of these fails when somebody was faster; whoever asked tries again.
  await rename(lock, aside).catch(() => undefined);
  const isHeld = (await stat(aside).catch(() => undefined)) && !(await isStale(aside));
  if (isHeld) await link(aside, lock).catch(() => undefined);
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

export interface LockOptions {
  /** The lock's file in the directory. */
  readonly name?: string;
  /** How long another may hold it before this call fails. */
  readonly giveUpMs?: number;
}

/**
 * Runs `work` while this process (and this call in it) alone holds the lock of `directory`.
 * @throws PodstepError when another process holds it for too long.
 */
export async function withLock<T>(
  directory: string,
  work: () => Promise<T>,
  { name = 'lock', giveUpMs = GIVE_UP_MS }: LockOptions = {},
): Promise<T> {
  const lock = join(directory, name);
  const candidate = `${lock}.${process.pid}.${randomUUID()}`;
  await writeFile(candidate, SELF);
  try {
    const giveUpAt = performance.now() + giveUpMs;
    while (!(await take(lock, candidate))) {
      if (performance.now() > giveUpAt)
        throw new PodstepError('RUNTIME_UNAVAILABLE', `another process holds ${lock}`, {
          advice: 'When no podstep runs, delete that file.',
        });
      await delay(RETRY_MS);
    }
    // A touch that fails may cost the lock; the next one comes long before.
    const touch = setInterval(() => utimes(lock, new Date(), new Date()).catch(() => {}), TOUCH_MS).unref();
    try {
      return await work();
    } finally {
      clearInterval(touch);
      await rm(lock, { force: true });
    }
  } finally {
    await rm(candidate, { force: true });
  }
}
