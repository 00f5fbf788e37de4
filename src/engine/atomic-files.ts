/** Puts a version of a volume's files in place on this machine's disk, all at once (pkg/volume/util/atomic_writer.go). */
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { atomicLayout, DATA_DIRECTORY } from '../kubelet/volumes/atomic-writer.ts';
import type { FileProjection, Payload } from '../machines/effects.ts';

/** Everyone may look into a volume; its files have modes of their own. */
const DIRECTORY_MODE = 0o777;

/** Makes `directory` hold `payload`; what is there already is left alone, so that watchers see no change. */
export async function writeAtomically(
  directory: string,
  payload: Payload,
  versionDirectory: string,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  await chmod(directory, DIRECTORY_MODE);
  // Before the first version there is no link.
  const current = await readlink(join(directory, DATA_DIRECTORY)).catch(() => undefined);
  if (current !== undefined && (await holds(join(directory, current), payload))) return;
  const { files, links } = atomicLayout(payload, versionDirectory);
  await mkdir(join(directory, versionDirectory));
  for (const [path, file] of Object.entries(files)) await writeProjection(join(directory, path), file);
  const { [DATA_DIRECTORY]: target = versionDirectory, ...seen } = links;
  // A rename is the swap: no reader finds `..data` missing.
  await symlink(target, join(directory, '..data_tmp'));
  await rename(join(directory, '..data_tmp'), join(directory, DATA_DIRECTORY));
  const present = new Set(await readdir(directory));
  for (const [name, to] of Object.entries(seen))
    if (!present.has(name)) await symlink(to, join(directory, name));
  const stale = [...present].filter((name) => !name.startsWith('..') && seen[name] === undefined);
  for (const name of stale) await rm(join(directory, name));
  if (current !== undefined) await rm(join(directory, current), { recursive: true });
}

async function writeProjection(path: string, { data, encoding, mode }: FileProjection): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, Buffer.from(data, encoding));
  // The process's umask has no say in it.
  await chmod(path, mode);
}

/** Whether a version on disk is the same as what is to be written; a later kubelet has nothing else to go by. */
async function holds(version: string, payload: Payload): Promise<boolean> {
  const entries = await readdir(version, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  if (files.length !== Object.keys(payload).length) return false;
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    const wanted = payload[relative(version, path)];
    if (wanted === undefined) return false;
    const { mode } = await stat(path);
    const same = Buffer.from(wanted.data, wanted.encoding).equals(await readFile(path));
    if (!same || (mode & 0o7777) !== wanted.mode) return false;
  }
  return true;
}
