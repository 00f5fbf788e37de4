/** What is kept of a transpiled component must not outlive the code that made it. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TRANSPILE_SOURCES } from '../../src/runtime/wasm/images/transpile-version.ts';
import { resolved, type SourceFile, sourceFile, sourceFiles } from './source.ts';

const START = 'src/runtime/wasm/images/transpile.ts';
const NOTE = 'src/runtime/wasm/images/transpile-version.ts';

/** Of the transpiler's sources, in the order of their paths; the note of it is none of them. */
function digestOf(files: readonly SourceFile[]): string {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Map<string, string>();
  const open = [START];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const file = byPath.get(path);
    if (!file || path === NOTE || seen.has(path)) continue;
    seen.set(path, file.text);
    const loaded = file.imports.filter(({ typeOnly }) => !typeOnly);
    open.push(...loaded.flatMap(({ from }) => resolved(file.path, from) ?? []));
  }
  const hash = createHash('sha256');
  for (const [path, text] of [...seen].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${path}\n${text.replaceAll('\r\n', '\n')}\n`);
  return hash.digest('hex').slice(0, 12);
}

const src = sourceFiles('src/runtime/wasm');

test('transpiled components are named by the sources of their transpiler', () => {
  const digest = digestOf(src);
  if (process.env['UPDATE_TRANSPILE'] === '1') {
    const url = new URL(`../../${NOTE}`, import.meta.url);
    writeFileSync(url, readFileSync(url, 'utf8').replace(/'[0-9a-f]{12}'/, `'${digest}'`));
    return;
  }
  const advice = 'its sources have changed: UPDATE_TRANSPILE=1 npx vitest run test/tidy/transpiled.test.ts';
  expect(TRANSPILE_SOURCES, advice).toBe(digest);
});

test.each([
  START,
  'src/runtime/wasm/images/transpile-calls.ts',
  'src/runtime/wasm/images/transpile-lifts.ts',
  'src/runtime/wasm/images/preview1.ts',
  'src/runtime/wasm/instrument/instrument.ts',
  'src/runtime/wasm/instrument/contract.ts',
])('a change of %s gives another name', (path) => {
  const changed = src.map((file) => (file.path === path ? sourceFile(path, `${file.text}\n`) : file));
  expect(digestOf(changed)).not.toBe(digestOf(src));
});
