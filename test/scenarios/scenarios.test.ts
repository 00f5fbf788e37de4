import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { formatScenario, type Part, parseScenario, Stage } from './scenario.ts';

const images = mkdtempSync(join(tmpdir(), 'podstep-scenarios-'));
afterAll(() => rmSync(images, { recursive: true, force: true }));

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'));

test.each(files)('%s', async (name) => {
  const file = join(import.meta.dirname, name);
  const text = readFileSync(file, 'utf8');
  const played: Part[] = [];
  const stage = await Stage.open(images);
  try {
    for (const part of parseScenario(text)) {
      played.push(part.kind === 'text' ? part : { ...part, expected: await stage.play(part.command) });
    }
  } finally {
    await stage.close();
  }
  if (process.env.UPDATE_SCENARIOS) writeFileSync(file, formatScenario(played));
  else expect(formatScenario(played)).toBe(text);
});

test('a scenario is written as it was read', () => {
  const text = '# Tells.\n\napply x.yaml\n\nrun for 10s\n----\n+0.000s\n\npods\n';
  expect(formatScenario(parseScenario(text))).toBe(text);
});
