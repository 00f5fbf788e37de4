import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/types.ts';
import { composeEngine } from '../../src/compose/engine.ts';
import { load, MANIFESTS, play } from './play.ts';
import { ROWS, type Row } from './rows.ts';

const README = join(MANIFESTS, 'README.md');

const images = mkdtempSync(join(tmpdir(), 'podstep-manifests-'));
afterAll(() => rmSync(images, { recursive: true, force: true }));

test.each(ROWS)('$file: $outcome', async (row) => {
  const { objects, errors } = load(row.file);
  const [error] = errors;
  if (error !== undefined) {
    const tab = /tab/i.test(error.message);
    const wanted = tab ? 'refused: not YAML (a tab)' : 'refused: apiVersion is required';
    expect([row.outcome, error.message]).toEqual([
      wanted,
      expect.stringMatching(tab ? /tab/i : /apiVersion/),
    ]);
    return;
  }
  const nodeName = row.nodeName ?? 'node-1';
  const engine = await composeEngine({
    runtime: 'wasm',
    clock: 'virtual',
    seed: 1,
    nodeName,
    imageDirectory: images,
  });
  try {
    const outcome = await play(
      engine,
      row,
      objects.map(({ object }) => object),
    );
    expect(outcome).toBe(row.outcome);
  } finally {
    await engine.close();
  }
});

test('every manifest has its row', () => {
  const files = readdirSync(MANIFESTS, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith('.yaml'))
    .map((entry) => relative(MANIFESTS, join(entry.parentPath, entry.name)));
  expect(ROWS.map(({ file }) => file)).toEqual(files.sort());
});

test('the table in the README is the one that is tested', () => {
  const first = (row: Row) =>
    (row.first ?? [])
      .map((one) => (typeof one === 'string' ? `\`${one}\`` : `Secret ${(one as KubeObject).metadata.name}`))
      .join(', ');
  const lines = ROWS.map((row) => `| \`${row.file}\` | ${first(row)} | ${row.outcome} |`);
  const table = [
    '| manifest | applied first | after a while on the WASM runtime |',
    '| --- | --- | --- |',
    ...lines,
  ];
  const text = readFileSync(README, 'utf8');
  const fresh = text.replace(
    /(<!-- outcomes -->\n)[\s\S]*(<!-- \/outcomes -->)/,
    (_, start, end) => `${start}${table.join('\n')}\n${end}`,
  );
  expect(text).toContain('<!-- outcomes -->');
  if (process.env.UPDATE_README) writeFileSync(README, fresh);
  else expect(text).toBe(fresh);
});
