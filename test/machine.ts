/**
 * Around a whole run of the tests: afterwards the machine is as it was. Temporary files lie in a directory of the run,
 * which goes with it, and the Docker Engine is without the pause image, if it was before.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineAddress } from '../src/runtime/docker/engine/address.ts';
import { EngineClient } from '../src/runtime/docker/engine/client.ts';
import { hasStatus } from '../src/runtime/docker/engine/error.ts';
import type { ImageInspect } from '../src/runtime/docker/engine/types.ts';
import { PAUSE_REPOSITORY } from '../src/runtime/docker/pause/pause-image.ts';

/** Vitest's global setup. It resolves to what is done at the end: files share the image, so none may remove it. */
export default async function machine(): Promise<() => Promise<void>> {
  // What is built for guests is kept from one run to the next.
  process.env.PODSTEP_TEST_GUESTS ??= join(tmpdir(), 'podstep-test-guests');
  const directory = mkdtempSync(join(tmpdir(), 'podstep-test-'));
  process.env.TMPDIR = directory;
  const tidy = () => rmSync(directory, { recursive: true, force: true });
  const engine = await EngineClient.connect(engineAddress(process.env), 2_000).catch(() => undefined);
  if (engine === undefined) return async () => tidy();
  const before = new Set(await pauseNames(engine));
  return async () => {
    for (const name of await pauseNames(engine)) if (!before.has(name)) await remove(engine, name);
    tidy();
  };
}

async function pauseNames(engine: EngineClient): Promise<readonly string[]> {
  const query = { filters: { reference: [PAUSE_REPOSITORY] } };
  const images = await engine.call<readonly Pick<ImageInspect, 'RepoTags'>[]>('GET', '/images/json', {
    query,
  });
  return images.flatMap(({ RepoTags }) => RepoTags ?? []);
}

/** Another run beside this one may have removed it (404), or may have a sandbox of it (409). */
async function remove(engine: EngineClient, name: string): Promise<void> {
  try {
    await engine.call('DELETE', `/images/${name}`);
  } catch (error) {
    if (!hasStatus(error, 404) && !hasStatus(error, 409)) throw error;
  }
}
