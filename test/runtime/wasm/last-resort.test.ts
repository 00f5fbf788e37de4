import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RuntimeEvent } from '../../../src/runtime/port.ts';
import type { CompiledImage } from '../../../src/runtime/wasm/image.ts';
import { createWasmRuntime } from '../../../src/runtime/wasm/runtime.ts';
import { containerConfig, sandboxConfig } from '../../contract/setup.ts';
import { guestImages } from './guest-image.ts';

/** What the image side never lets through: a module that runs for ever and asks nobody. */
const STUCK = `export const instantiate = async () => ({ run: { run: async () => { for (;;); } } });\n`;

let directory: string;
let stuck: CompiledImage;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'podstep-stuck-'));
  const image = await (await guestImages()).compiled('guest:1');
  const component = image?.programs['/bin/guest'];
  if (image == null || component === undefined) throw new Error('no guest');
  const from = dirname(component.modulePath);
  for (const name of readdirSync(from)) cpSync(join(from, name), join(directory, name));
  const modulePath = join(directory, basename(component.modulePath));
  writeFileSync(modulePath, STUCK);
  stuck = { ...image, programs: { '/bin/guest': { ...component, modulePath } } };
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(['virtual', 'wall'] as const)('a thread that does not come back (%s)', (clock) => {
  test('is terminated, its containers are dead, and the runtime goes on', async () => {
    const images = { ...(await guestImages()), compiled: async () => stuck };
    const runtime = await createWasmRuntime({ clock, seed: 1, images, unresponsiveMs: 1000 });
    const { runtimeService, virtualTime } = runtime;
    const events: RuntimeEvent[] = [];
    runtimeService.subscribe((event) => events.push(event));
    const sandboxId = await runtimeService.runPodSandbox(sandboxConfig('stuck'));
    const config = containerConfig('app', []);
    const id = await runtimeService.createContainer(sandboxId, config, sandboxConfig('stuck'));
    await runtimeService.startContainer(id).catch(() => {});
    await virtualTime?.quiesce();
    await runtimeService.stopContainer(id, 0).catch(() => {});
    expect(await runtimeService.containerStatus(id)).toMatchObject({
      state: 'CONTAINER_EXITED',
      exitCode: 137,
    });
    expect(events).toContainEqual(expect.objectContaining({ type: 'containerExited', containerId: id }));
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'runtimeDied', message: 'the runtime thread does not answer' }),
    );
    expect((await runtimeService.podSandboxStatus(sandboxId)).state).toBe('SANDBOX_NOTREADY');
    const next = await runtimeService.runPodSandbox(sandboxConfig('next'));
    expect((await runtimeService.podSandboxStatus(next)).state).toBe('SANDBOX_READY');
    await runtime.close();
  });
});
