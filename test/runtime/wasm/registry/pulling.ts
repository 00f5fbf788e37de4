/** One image in a registry of this process, a store beside it, and what a pull that fails says. New for each test. */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect } from 'vitest';
import { sha256 } from '../../../../src/runtime/wasm/images/digest.ts';
import { openImageStore, type WasmImages } from '../../../../src/runtime/wasm/images/store.ts';
import { type Fixture, makeFixture, PAUSE } from '../images/fixture.ts';
import { FakeRegistry, json, TYPE } from './fake-registry.ts';

export let fixture: Fixture;
export let registry: FakeRegistry;
export let store: WasmImages;
/** Of the image, whose one layer is `wasm`. */
export let name: string;
export let wasm: Uint8Array;

/** Short enough for a test, long enough for a busy machine. */
const LIMITS = { connectMs: 5_000, idleMs: 300, retryMs: 1, longestRetryMs: 200 };

beforeEach(async () => {
  [fixture, registry, wasm] = await Promise.all([makeFixture(), new FakeRegistry().start(), readFile(PAUSE)]);
  store = await openImageStore({
    directory: fixture.store,
    workloadsDirectory: fixture.workloads,
    registries: { limits: LIMITS, environment: {} },
  });
  name = `${registry.host}/app:1`;
  registry.image('1', { mediaType: TYPE.wasmConfig, bytes: json({ os: 'wasip2', architecture: 'wasm' }) }, [
    { mediaType: TYPE.wasm, bytes: wasm },
  ]);
});

afterEach(() => Promise.all([fixture.remove(), registry.stop()]));

/** What follows `failed to pull and unpack image "...": `. */
export async function problem(image = name, auth?: { username: string; password: string }): Promise<string> {
  const error = await store.pullImage(image, undefined, auth).then(
    () => expect.fail('it should have failed'),
    (thrown: Error) => thrown,
  );
  expect(await store.imageStatus(image)).toBeNull();
  return error.message.slice(`failed to pull and unpack image "${image}": `.length);
}

export const resolving = (image = name) => `failed to resolve reference "${image}": `;
export const url = (path: string) => `http://${registry.host}/v2/app/${path}`;
export const ofBlob = (path: string) => path.endsWith(sha256(wasm));

/** An archive without files, of a length of its own. */
export const emptyTar = (index: number) => new Uint8Array(1024 + 512 * index);
