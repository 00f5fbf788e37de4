/** What a build takes from its folder: sources and the files of `rootfs/`, within bounds, in one order everywhere. */
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { ImageFile } from '../image.ts';
import { UNPACK_LIMITS } from '../images/layer.ts';
import { BuildProblem } from './problem.ts';

/** Sources are read by a compiler in memory; more is no teaching example. */
const SOURCE_LIMITS = { files: 1_000, bytes: 16 << 20 };
/** What a layer's header has room for (ustar). */
const LINK_BYTES = 100;

/** Every file with one of the endings, by path relative to `directory`, line ends as on Linux. */
export async function readSources(
  directory: string,
  endings: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const sources = new Map<string, string>();
  let bytes = 0;
  for await (const { path, kind } of walk(directory)) {
    if (kind !== 'file' || !endings.some((ending) => path.endsWith(ending))) continue;
    const text = await readFile(join(directory, path), 'utf8');
    bytes += text.length;
    if (sources.size >= SOURCE_LIMITS.files || bytes > SOURCE_LIMITS.bytes)
      throw new BuildProblem({
        key: 'build.manySources',
        values: { directory, files: SOURCE_LIMITS.files, mib: SOURCE_LIMITS.bytes >> 20 },
      });
    sources.set(path.slice(1), text.replaceAll('\r\n', '\n'));
  }
  return sources;
}

/** The files below `directory` as an image has them: executable or not, links as links; none when it is not there. */
export async function readRootFiles(directory: string): Promise<readonly ImageFile[]> {
  const files: ImageFile[] = [];
  let bytes = 0;
  for await (const { path, kind } of walk(directory)) {
    const from = join(directory, path);
    if (kind === 'directory') files.push({ type: 'directory', path, mode: 0o755 });
    else if (kind === 'symlink') {
      const target = await readlink(from);
      if (Buffer.byteLength(target) > LINK_BYTES)
        throw new BuildProblem({ key: 'build.longLinkFile', values: { file: from, limit: LINK_BYTES } });
      files.push({ type: 'symlink', path, target });
    } else {
      const { mode, size } = await lstat(from);
      bytes += size;
      if (bytes <= UNPACK_LIMITS.unpackedBytes)
        files.push({
          type: 'file',
          path,
          mode: (mode & 0o100) === 0 ? 0o644 : 0o755,
          content: await readFile(from),
        });
    }
    if (bytes > UNPACK_LIMITS.unpackedBytes || files.length > UNPACK_LIMITS.entries) {
      const { unpackedBytes, entries } = UNPACK_LIMITS;
      throw new BuildProblem({
        key: 'build.largeRoot',
        values: { directory, files: entries, mib: unpackedBytes >> 20 },
      });
    }
  }
  return files;
}

interface Found {
  /** Absolute, as if `directory` were the root. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink';
}

/** Parents first, names in the order of their bytes; packages and hidden folders are nobody's source. */
async function* walk(directory: string, at = '/'): AsyncGenerator<Found> {
  const entries = await readdir(join(directory, at), { withFileTypes: true }).catch((error: unknown) => {
    if (at === '/' && (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = posix.join(at, entry.name);
    if (entry.isDirectory()) {
      if (entry.name === 'node_modules' || entry.name === '.git') continue;
      yield { path, kind: 'directory' };
      yield* walk(directory, path);
    } else if (entry.isSymbolicLink()) yield { path, kind: 'symlink' };
    else if (entry.isFile()) yield { path, kind: 'file' };
    else throw new BuildProblem({ key: 'build.oddFile', values: { file: join(directory, path) } });
  }
}
