/** Directories of the node on this machine's disk: what lies in them, and what is left of pods that are gone. */
import { statSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { podDirectory } from '../kubelet/paths.ts';
import type { NodeEntry } from '../machines/events.ts';
import { type NodeFiles, volumeNotEmpty } from './node-files.ts';

/** The part of `NodeFiles` that is about directories; `toReal` says where a path of the node lies. */
export function directories(
  toReal: (nodePath: string) => string,
): Pick<NodeFiles, 'listDirectory' | 'removeDirectory' | 'removePodDirectory'> {
  return {
    listDirectory: (directory) => entriesOf(toReal(directory)),
    async removeDirectory(path) {
      await rm(toReal(path), { recursive: true, force: true });
    },
    async removePodDirectory(podUid) {
      const volumes = `${podDirectory(podUid)}/volumes`;
      for (const plugin of await entriesOf(toReal(volumes))) {
        for (const { name } of await entriesOf(toReal(`${volumes}/${plugin.name}`))) {
          await removeVolume(podUid, `${volumes}/${plugin.name}/${name}`, toReal);
        }
      }
      await rm(toReal(podDirectory(podUid)), { recursive: true, force: true });
    },
  };
}

async function removeVolume(
  podUid: string,
  path: string,
  toReal: (nodePath: string) => string,
): Promise<void> {
  try {
    await rmdir(toReal(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTEMPTY') throw volumeNotEmpty(podUid, path);
    throw error;
  }
}

/** Sorted by name; none when there is no such directory. */
async function entriesOf(real: string): Promise<NodeEntry[]> {
  const found = await readdir(real, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return found
    .map((entry): NodeEntry => {
      const kind = entry.isSymbolicLink() ? 'link' : entry.isDirectory() ? 'directory' : 'file';
      return { name: entry.name, kind, dangling: kind === 'link' && isDangling(join(real, entry.name)) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** There are many links, and each takes less than a promise would. */
function isDangling(link: string): boolean {
  return statSync(link, { throwIfNoEntry: false }) === undefined;
}
