import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { print } from '@bytecodealliance/jco-transpile/wasm-tools';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompiledImage } from '../../../../src/runtime/wasm/image.ts';
import { openImageStore, type WasmImages } from '../../../../src/runtime/wasm/images/store.ts';
import { INSTRUMENT } from '../../../../src/runtime/wasm/instrument/contract.ts';

const IMAGES = ['busybox:1.36', 'nginx:1.27', 'polinux/stress', 'vish/stress', 'registry.k8s.io/pause:3.10'];

let directory: string;
let store: WasmImages;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'podstep-shipped-'));
  store = await openImageStore({ directory });
  for (const image of IMAGES) await store.pullImage(image);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function compiled(image: string): Promise<CompiledImage> {
  const found = await store.compiled(image);
  if (!found) throw new Error(`${image} is not there`);
  return found;
}

/** The core modules of every program, as text. */
async function coreModules(image: string): Promise<string[]> {
  const { programs } = await compiled(image);
  const paths = new Set(Object.values(programs).flatMap((program) => Object.values(program.coreModulePaths)));
  return Promise.all([...paths].map(async (path) => print(await readFile(path))));
}

function functionsWith(text: string, instruction: string): number {
  return text.split(/^ {2}\(func /m).filter((body) => body.includes(instruction)).length;
}

describe.each(IMAGES)('the shipped image %s', (image) => {
  it('starts what it says: its command is one of its programs', async () => {
    const { config, programs } = await compiled(image);
    const [command] = [...config.entrypoint, ...config.cmd];
    const directories =
      config.env
        .find((one) => one.startsWith('PATH='))
        ?.slice('PATH='.length)
        .split(':') ?? [];
    const candidates = command?.startsWith('/') ? [command] : directories.map((one) => `${one}/${command}`);
    // An image without a command of its own (polinux/stress) names its program in the pod.
    if (command !== undefined) expect(candidates.some((path) => path in programs)).toBe(true);
    expect(Object.keys(programs).length).toBeGreaterThan(0);
  });

  it('has no way around the limits in any core module', async () => {
    const modules = await coreModules(image);
    expect(modules.some((text) => text.includes(INSTRUMENT.fuel))).toBe(true);
    for (const text of modules) {
      // What is left of these stands in the appended functions alone.
      expect(functionsWith(text, 'memory.grow')).toBeLessThanOrEqual(1);
      expect(functionsWith(text, 'memory.fill')).toBeLessThanOrEqual(1);
      expect(functionsWith(text, 'memory.copy')).toBeLessThanOrEqual(1);
      const fuel = new RegExp(`\\(export "${INSTRUMENT.fuel}" \\(global (\\d+)\\)`).exec(text)?.[1];
      const loops = text.match(/^\s*loop\b.*\n.*\n/gm) ?? [];
      if (loops.length > 0) expect(fuel).toBeDefined();
      const metered = loops.filter((loop) => new RegExp(`global\\.get ${fuel}\\n`).test(loop));
      // The pieces of fill and copy pay by their size: three loops, one in fill and two in copy.
      expect(loops.length - metered.length).toBeLessThanOrEqual(3);
    }
  });
});
