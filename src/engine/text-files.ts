/** The kubelet's own small files on this machine's disk: checkpoints and manifests. */
import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { NodeFile } from '../machines/events.ts';
import { type NodeFiles, noSuchFile } from './node-files.ts';

/** The part of `NodeFiles` that is about texts; `toReal` says where a path of the node lies. */
export function textFiles(
  toReal: (nodePath: string) => string,
): Pick<NodeFiles, 'readText' | 'writeText' | 'appendText' | 'removeFile' | 'listFiles'> {
  /** Changes of the same file follow one another, and reads them, in the order in which they were asked for. */
  const underWay = new Map<string, Promise<void>>();
  const inTurn = async (real: string, change: () => Promise<void>) => {
    const before = underWay.get(real) ?? Promise.resolve();
    // A change that failed was told to whoever asked for it.
    const own = before.catch(() => undefined).then(change);
    underWay.set(real, own);
    try {
      await own;
    } finally {
      if (underWay.get(real) === own) underWay.delete(real);
    }
  };
  return {
    async readText(path, within) {
      await underWay.get(toReal(path))?.catch(() => undefined);
      try {
        const real = await realpath(toReal(path));
        if (within !== undefined && !real.startsWith(`${await realpath(toReal(within))}${sep}`)) {
          throw noSuchFile(path);
        }
        return await readFile(real, 'utf8');
      } catch (error) {
        if (isMissing(error)) throw noSuchFile(path);
        throw error;
      }
    },
    writeText(path, text) {
      const real = toReal(path);
      return inTurn(real, async () => {
        await mkdir(dirname(real), { recursive: true });
        // Whoever reads meanwhile finds the old text or the new one, never half of it.
        await writeFile(`${real}.tmp`, text);
        await rename(`${real}.tmp`, real);
      });
    },
    appendText(path, text) {
      const real = toReal(path);
      return inTurn(real, async () => {
        await mkdir(dirname(real), { recursive: true });
        await appendFile(real, text);
      });
    },
    removeFile(path) {
      const real = toReal(path);
      return inTurn(real, () => rm(real, { force: true }));
    },
    async listFiles(directory) {
      const real = toReal(directory);
      const itself = await textOfFile(real);
      if (itself !== undefined) return [{ name: '', text: itself }];
      const found: NodeFile[] = [];
      for (const name of await namesIn(real)) {
        const text = await textOfFile(join(real, name));
        if (text !== undefined) found.push({ name, text });
      }
      return found.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}

async function namesIn(real: string): Promise<string[]> {
  try {
    return await readdir(real);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Links are followed; undefined for what is no file, or is gone again. */
async function textOfFile(real: string): Promise<string | undefined> {
  try {
    return (await stat(real)).isFile() ? await readFile(real, 'utf8') : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
