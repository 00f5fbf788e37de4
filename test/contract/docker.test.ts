import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { markedOnEngine, removeLeftovers } from '../../src/compose/leftovers.ts';
import { createDockerRuntime } from '../../src/runtime/docker/runtime.ts';
import { connect, describeDocker, importBusybox } from '../runtime/docker/engine-here.ts';
import { runtimeContract } from './suite.ts';

/** What the contract's image is called here: imported, as there is no registry. */
const IMPORTED = 'busybox:1.36';

describeDocker('a Docker Engine', () => {
  const directory = mkdtempSync(join(tmpdir(), 'podstep-contract-'));
  const owner = `contract:${basename(directory)}`;
  let wasThere = false;

  beforeAll(async () => {
    const engine = await connect();
    const images = await engine.call<readonly unknown[]>('GET', '/images/json', {
      query: { filters: { reference: [IMPORTED] } },
    });
    wasThere = images.length > 0;
    if (!wasThere) await importBusybox(engine, IMPORTED, directory);
  });

  afterAll(async () => {
    const engine = await connect();
    await removeLeftovers(engine, await markedOnEngine(engine, owner));
    if (!wasThere) await engine.call('DELETE', `/images/${IMPORTED}`, { query: { force: true } });
    rmSync(directory, { recursive: true, force: true });
  });

  runtimeContract('docker', 'wall', async () => {
    const runtime = await createDockerRuntime({ owner, directory });
    const { imageService } = runtime;
    // Nothing can be pulled here: what was imported is there already.
    const pullImage: typeof imageService.pullImage = async (image, ...rest) =>
      (image === IMPORTED ? (await imageService.imageStatus(image))?.id : undefined) ??
      imageService.pullImage(image, ...rest);
    return { ...runtime, imageService: { ...imageService, pullImage } };
  });
});
