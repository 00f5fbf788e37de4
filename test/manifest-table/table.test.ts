import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadManifests } from '../../src/api/load.ts';
import type { KubeObject } from '../../src/api/types.ts';
import { composeEngine } from '../../src/compose/engine.ts';
import type { Engine } from '../../src/engine/types.ts';
import { parseDuration } from '../../src/lib/duration.ts';
import { outcomeOf } from './outcome.ts';
import { ROWS, type Row } from './rows.ts';

const MANIFESTS = join(import.meta.dirname, '..', 'manifests');
const README = join(MANIFESTS, 'README.md');

const images = mkdtempSync(join(tmpdir(), 'podstep-manifests-'));
afterAll(() => rmSync(images, { recursive: true, force: true }));

function load(file: string) {
  return loadManifests(readFileSync(join(MANIFESTS, file), 'utf8'), file);
}

function applyFirst(engine: Engine, first: string | object): void {
  const { objects, errors } =
    typeof first === 'string' ? load(first) : loadManifests(JSON.stringify(first), 'first.json');
  expect(errors).toEqual([]);
  for (const { object } of objects) engine.apply(object);
}

function podOf(engine: Engine, object: KubeObject) {
  return engine.pods().find(({ metadata }) => metadata.name === object.metadata.name);
}

async function play(engine: Engine, row: Row, objects: readonly KubeObject[]): Promise<string> {
  engine.start();
  for (const first of row.first ?? []) applyFirst(engine, first);
  const applied = objects.map((object) => engine.apply(object));
  const forMs = parseDuration(row.runFor ?? '10s') ?? 0;
  await engine.run({ forMs });
  const [object] = applied;
  if (object === undefined) throw new Error('an empty file');
  for (const [container, text] of Object.entries(row.wrote ?? {})) {
    const uid = podOf(engine, object)?.metadata.uid ?? '';
    expect(
      engine
        .logs(uid, container)
        .map((line) => line.text)
        .join('\n'),
    ).toContain(text);
  }
  if (row.deleted) {
    engine.deletePod(object.metadata.namespace ?? 'default', object.metadata.name ?? '');
    await engine.run({ forMs });
  }
  return outcomeOf(object, podOf(engine, object));
}

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
