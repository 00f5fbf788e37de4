/** Container logs on this machine's disk, as the kubelet turns them over: sizes, names, compression, links. */
import { readdirSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { RuntimeError } from '../runtime/port.ts';
import type { NodeFiles } from './node-files.ts';

/** The part of `NodeFiles` that is about logs; `toReal` says where a path of the node lies. */
export function logFiles(
  toReal: (nodePath: string) => string,
): Pick<NodeFiles, 'linkFile' | 'fileSizes' | 'renameFile' | 'compressFile' | 'removeLog'> {
  return {
    async linkFile(target, link) {
      const real = toReal(link);
      await mkdir(dirname(real), { recursive: true });
      await rm(real, { force: true });
      await symlink(toReal(target), real);
    },
    // Many at once: a look at each is quicker than a promise for it.
    async fileSizes(paths) {
      return paths.map((path) => statSync(toReal(path), { throwIfNoEntry: false })?.size);
    },
    async renameFile(from, to) {
      await rename(toReal(from), toReal(to)).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'ENOENT') throw cause;
        throw new RuntimeError('NotFound', `rename ${from} ${to}: no such file or directory`, { cause });
      });
    },
    async compressFile(path) {
      const real = toReal(path);
      const text = await readFile(real).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'ENOENT') throw cause;
        throw new RuntimeError('NotFound', `open ${path}: no such file or directory`, { cause });
      });
      await writeFile(`${real}.gz.tmp`, gzipSync(text));
      await rename(`${real}.gz.tmp`, `${real}.gz`);
      await rm(real);
    },
    async removeLog(path, link) {
      const real = toReal(path);
      for (const name of namesIn(dirname(real))) {
        if (name.startsWith(basename(real))) await rm(join(dirname(real), name), { force: true });
      }
      await rm(toReal(link), { force: true });
    },
  };
}

function namesIn(directory: string): readonly string[] {
  return statSync(directory, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(directory);
}
