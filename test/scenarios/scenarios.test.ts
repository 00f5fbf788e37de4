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

test('each of the thirty has a scenario that is there', () => {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| (\d+) \|.*\| ([^|]+) \|$/gm)];
  expect(rows.map(([, number]) => Number(number))).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  const named = rows.flatMap(([, , names = '']) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => `${name}.txt`),
  );
  expect(named.filter((name) => !files.includes(name))).toEqual([]);
});
