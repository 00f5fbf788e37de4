import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { MODULE_FILE, Transpiler } from '../../../../src/runtime/wasm/images/transpile.ts';
import { PAUSE } from './fixture.ts';

it('leaves no look at the environment in the code between guest and host', async () => {
  const transpiler = new Transpiler();
  try {
    const files = await transpiler.transpile(await readFile(PAUSE));
    const code = Buffer.from(files.get(MODULE_FILE) ?? []).toString('utf8');
    expect(code).toContain('const _debugLog = () => {};');
    expect(code).not.toMatch(/process\??\.env/);
  } finally {
    await transpiler.close();
  }
});
