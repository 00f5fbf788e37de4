import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { MODULE_FILE, Transpiler } from '../../../../src/runtime/wasm/images/transpile.ts';
import { PAUSE } from './fixture.ts';

/** What jco's code around the component was made. */
async function codeOf(program: string): Promise<string> {
  const transpiler = new Transpiler();
  try {
    const files = await transpiler.transpile(await readFile(program));
    return Buffer.from(files.get(MODULE_FILE) ?? []).toString('utf8');
  } finally {
    await transpiler.close();
  }
}

it('leaves no look at the environment in the code between guest and host', async () => {
  const code = await codeOf(PAUSE);
  expect(code).toContain('const _debugLog = () => {};');
  expect(code).not.toMatch(/process\??\.env/);
});

it('makes no task of a call of the host: each goes straight there', async () => {
  const code = await codeOf('workloads/nginx/nginx.wasm');
  const calls = code.match(/^ *let trampoline\d+ = .*;$/gm) ?? [];
  expect(calls.length).toBeGreaterThan(50);
  expect(
    calls.filter((call) => !/= (_trampoline\d+|new WebAssembly\.Suspending\(_trampoline\d+\));$/.test(call)),
  ).toEqual([]);
  expect(calls.filter((call) => call.includes('Suspending'))).toHaveLength(5);
  expect(code).not.toContain('_lowerImportBackwardsCompat.bind');
});
