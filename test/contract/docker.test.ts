/** The contract on a real Engine, with a real registry beside it: skipped, with the reason, where there is none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { markedOnEngine, removeLeftovers } from '../../src/compose/leftovers.ts';
import { createDockerRuntime } from '../../src/runtime/docker/runtime.ts';
import { connect, describeDocker, importBusybox } from '../runtime/docker/engine-here.ts';
import { type RegistryProcess, startRegistry } from '../runtime/wasm/registry/docker-registry.ts';
import { pullFrom } from './setup.ts';
import { runtimeContract } from './suite.ts';

describeDocker('a Docker Engine', () => {
  const directory = mkdtempSync(join(tmpdir(), 'podstep-contract-'));
  const owner = `contract:${basename(directory)}`;
  let registry: RegistryProcess | undefined;
  let image = '';

  beforeAll(async () => {
    const engine = await connect();
    registry = await startRegistry();
    image = `${registry.host}/library/busybox:1.36`;
    pullFrom(image);
    await importBusybox(engine, image, directory);
    const push = engine.lines<{ error?: string }>('POST', `/images/${registry.host}/library/busybox/push`, {
      query: { tag: '1.36' },
      headers: { 'x-registry-auth': Buffer.from('{}').toString('base64url') },
    });
    for await (const { error } of push) if (error !== undefined) throw new Error(error);
    await engine.call('DELETE', `/images/${image}`, { query: { force: true } });
  }, 60_000);

  afterAll(async () => {
    const engine = await connect();
    await removeLeftovers(engine, await markedOnEngine(engine, owner));
    await engine.call('DELETE', `/images/${image}`, { query: { force: true } });
    await registry?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  runtimeContract('docker', 'wall', () => createDockerRuntime({ owner, directory }));
});
