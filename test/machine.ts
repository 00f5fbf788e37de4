/** Around a whole run of the tests: the machine's Docker Engine is afterwards without the pause image, if it was before. */
import { engineAddress } from '../src/runtime/docker/engine/address.ts';
import { EngineClient } from '../src/runtime/docker/engine/client.ts';
import { hasStatus } from '../src/runtime/docker/engine/error.ts';
import type { ImageInspect } from '../src/runtime/docker/engine/types.ts';
import { PAUSE_REPOSITORY } from '../src/runtime/docker/pause/pause-image.ts';

/** Vitest's global setup. It resolves to what is done at the end: files share the image, so none may remove it. */
export default async function machine(): Promise<() => Promise<void>> {
  const engine = await EngineClient.connect(engineAddress(process.env), 2_000).catch(() => undefined);
  if (engine === undefined) return async () => {};
  const before = new Set(await pauseNames(engine));
  return async () => {
    for (const name of await pauseNames(engine)) if (!before.has(name)) await remove(engine, name);
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
