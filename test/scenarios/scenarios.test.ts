import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { formatScenario, type Part, parseScenario } from './scenario.ts';
import { Stage } from './stage.ts';

const images = mkdtempSync(join(tmpdir(), 'podstep-scenarios-'));
afterAll(() => rmSync(images, { recursive: true, force: true }));

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'));

test.each(files)('%s', async (name) => {
  const file = join(import.meta.dirname, name);
  const text = readFileSync(file, 'utf8');
  const played: Part[] = [];
  const stage = new Stage(images);
  try {
    for (const part of parseScenario(text)) {
      if (part.kind === 'text') played.push(part);
      else played.push({ ...part, expected: await stage.play(part.command, part.body) });
    }
  } finally {
    await stage.close();
  }
  if (process.env.UPDATE_SCENARIOS) writeFileSync(file, formatScenario(played));
  else expect(formatScenario(played)).toBe(text);
});

test('a scenario is written as it was read', () => {
  const text = '# Tells.\n\napply\n  kind: Pod\n    a: 1\nstep\n\nrun for 10s\n----\n+0.000s\n\npods\n';
  expect(formatScenario(parseScenario(text))).toBe(text);
});

/** The rows of the page's tables that end in names of scenarios: what stands before them, and the names. */
function shown(section: string): readonly { readonly first: string; readonly names: readonly string[] }[] {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const text = readme.split('\n## ').find((one) => one.startsWith(section)) ?? '';
  const rows = [...text.matchAll(/^\| ([^|]*)\|(?:[^|\n]*\|)* ([^|]+) \|$/gm)].slice(2);
  return rows.map(([, first = '', names = '']) => ({
    first: first.trim(),
    names: [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => `${name}.txt`),
  }));
}

test('each of the thirty has a scenario that is there', () => {
  const rows = shown('Thirty things');
  expect(rows.map(({ first }) => Number(first))).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  expect(rows.filter(({ names }) => names.length === 0)).toEqual([]);
  expect(rows.flatMap(({ names }) => names).filter((name) => !files.includes(name))).toEqual([]);
});

test('so has each point of the whole kubelet, and every scenario shows one', () => {
  const rows = shown('The whole kubelet');
  const points = rows.map(({ first }) => first.replaceAll('*', '')).filter((first) => first !== '');
  expect(points).toEqual(
    expect.arrayContaining(['Pods', 'Probes', 'Hooks', 'Images', 'Volumes', 'Node', 'Admission', 'Eviction']),
  );
  expect(rows.filter(({ names }) => names.length === 0)).toEqual([]);
  const named = rows.flatMap(({ names }) => names);
  expect(named.filter((name) => !files.includes(name))).toEqual([]);
  const all = new Set([...named, ...shown('Thirty things').flatMap(({ names }) => names)]);
  expect(files.filter((name) => !all.has(name))).toEqual([]);
});
