import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openImageStore } from '../../src/runtime/wasm/images/store.ts';
import { createWasmRuntime } from '../../src/runtime/wasm/runtime.ts';
import { runtimeContract } from './suite.ts';

// One store for the whole file: pulling and transpiling is done once.
const directory = mkdtempSync(join(tmpdir(), 'podstep-contract-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

for (const clock of ['virtual', 'wall'] as const) {
  runtimeContract(`wasm (${clock})`, clock, async ({ seed, epochMs }) =>
    createWasmRuntime({ clock, seed, epochMs, images: await openImageStore({ directory }) }),
  );
}
