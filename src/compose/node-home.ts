/**
 * Where a node of real containers keeps its files: a directory of podstep's own that the container engine can mount
 * into containers, and that a podstep which comes later, or after a crash, finds again. One podstep at a time has it.
 */
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PodstepError } from '../lib/errors.ts';
import type { MessageKey, Told } from '../messages/index.ts';
import { podstepHome } from '../runtime/wasm/images/home.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts';

const LOCK = 'lock';

/** Two podsteps that take over the same lock at once: the second round finds the first one's. */
const ATTEMPTS = 3;

export interface NodeHome {
  readonly directory: string;
  /** Gives the node free: with all its files, or with them left for whoever comes next. */
  close(files: 'kept' | 'removed'): Promise<void>;
}

/** The directory of all nodes: `nodes` under podstep's place for a user's data. */
export function nodesDirectory(environment?: Readonly<Record<string, string | undefined>>): string {
  const place = join(podstepHome(environment), 'nodes');
  // Without symlinks: the container engine names it so in what it says of mounts.
  return existsSync(place) ? realpathSync(place) : place;
}

/** What this node marks its containers with: the machine, and the directory there that has its lock. */
export function ownerOf(directory: string): string {
  return `${hostname()}:${directory}`;
}

/** The other way round; undefined for a mark of another machine. */
export function directoryOf(owner: string): string | undefined {
  const host = `${hostname()}:`;
  return owner.startsWith(host) ? owner.slice(host.length) : undefined;
}

/** Takes the node's directory in `place` for this process. Throws PodstepError NODE_IN_USE while another one has it. */
export async function openNodeHome(nodeName: string, place: string): Promise<NodeHome> {
  await mkdir(join(place, nodeName), { recursive: true, mode: 0o755 });
  const directory = await realpath(join(place, nodeName));
  for (let attempt = 1; !(await takeLock(directory)); attempt++) {
    const holder = await lockHolder(directory);
    if (holder !== undefined || attempt === ATTEMPTS) throw inUse(nodeName, holder?.pid ?? 0);
    await rm(join(directory, LOCK), { force: true });
  }
  return {
    directory,
    close: (files) =>
      rm(files === 'kept' ? join(directory, LOCK) : directory, { recursive: true, force: true }),
  };
}

/** The podstep that has the node of this directory; undefined when none that still runs does. */
export async function lockHolder(directory: string): Promise<ProcessIdentity | undefined> {
  const text = await readFile(join(directory, LOCK), 'utf8').catch(() => undefined);
  const holder = text === undefined ? undefined : parsed(text);
  return holder !== undefined && isAlive(holder) ? holder : undefined;
}

/** False when somebody has it. */
async function takeLock(directory: string): Promise<boolean> {
  try {
    await writeFile(join(directory, LOCK), JSON.stringify(ownIdentity()), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined for what a crash has left half written. */
function parsed(text: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(text) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

function inUse(nodeName: string, pid: number): PodstepError {
  const advice = { key: 'docker.nodeInUse.advice' } satisfies Told<MessageKey>;
  return new PodstepError('NODE_IN_USE', `${nodeName} is the node of another podstep (pid ${pid})`, {
    advice,
  });
}
