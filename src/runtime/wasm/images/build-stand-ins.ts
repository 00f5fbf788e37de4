/**
 * The last step of the build: transpiles the stand-ins once, beside the built code, so that nobody's first pull
 * has to. It never fails the build: what is not here is transpiled when it is pulled.
 */
import { realpathSync } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assemble, MEDIA_TYPE } from './artifact.ts';
import { sha256 } from './digest.ts';
import { sweepDirectory } from './durable.ts';
import { withLock } from './lock.ts';
import { readStandIns, WORKLOADS_DIRECTORY } from './stand-in.ts';
import { BUILT_DIRECTORY, TranspiledComponents } from './transpiled.ts';

/** The code whose change means to transpile again, also before its digest (transpile-version.ts) is written anew. */
const RULES = ['./transpile.js', '../instrument/'];

async function newestMs(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const times = await Promise.all((await readdir(path)).map((name) => newestMs(join(path, name))));
  return Math.max(0, ...times);
}

type Component = Parameters<TranspiledComponents['make']>[0][number];

/** The components of the stand-ins, those left out that are not (any more) what was noted when they were made. */
async function componentsOf(workloads: string): Promise<ReadonlyMap<string, Component>> {
  const standIns = await readStandIns(workloads);
  const artifacts = await Promise.all(standIns.map((standIn) => assemble(standIn, workloads)));
  const components = new Map<string, Component>();
  for (const { descriptor, read } of artifacts.flatMap(({ blobs }) => blobs)) {
    const { mediaType, digest } = descriptor;
    if (mediaType !== MEDIA_TYPE.component || components.has(digest)) continue;
    if (sha256(await read()) === digest) components.set(digest, { digest, read });
  }
  return components;
}

/**
 * Leaves in `directory` the transpiled components of `workloads`, all of them and no others; makes again what is
 * older than `rulesMs` (epoch milliseconds). @throws Error when one cannot be transpiled here.
 */
export async function buildStandIns(directory: string, workloads: string, rulesMs: number): Promise<void> {
  const components = await componentsOf(workloads);
  await mkdir(directory, { recursive: true });
  await withLock(dirname(directory), async () => {
    await sweepDirectory(directory, () => false, Date.now() - rulesMs);
    const transpiled = new TranspiledComponents(directory);
    await transpiled.make([...components.values()]);
    await transpiled.sweep(new Set(components.keys()), 0);
  });
}

const built = BUILT_DIRECTORY;
if (built !== undefined && import.meta.filename === realpathSync(process.argv[1] ?? '.')) {
  const times = RULES.map((path) => newestMs(fileURLToPath(new URL(path, import.meta.url))));
  await Promise.all(times)
    .then((all) => buildStandIns(built, WORKLOADS_DIRECTORY, Math.max(...all)))
    // Whoever pulls such an image is told; whoever installs needs no word of it.
    .catch(() => undefined);
}
