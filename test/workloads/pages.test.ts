/** The pages of the teaching set: each manifest is applied as it stands there, and each scenario must give what the page shows. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { formatScenario, type Part, parseScenario } from '../scenarios/scenario.ts';
import { Stage } from '../scenarios/stage.ts';

const workloads = join(import.meta.dirname, '../../workloads');
const images = mkdtempSync(join(tmpdir(), 'podstep-pages-'));
afterAll(() => rmSync(images, { recursive: true, force: true }));

const pages = readdirSync(workloads).filter((name) => {
  const image = join(workloads, name, 'image.yaml');
  const found = statSync(image, { throwIfNoEntry: false })?.isFile() === true;
  return found && (parse(readFileSync(image, 'utf8')).names as string[])[0]?.startsWith('podstep/');
});

/** Plays a page from its top; resolves to the page with what came out. */
async function played(page: string): Promise<string> {
  const stage = new Stage(images);
  const blocks = page.split(/^(```(?:yaml|scenario)\n[\s\S]*?^```$)/m);
  try {
    for (const [index, block] of blocks.entries()) {
      const [, kind, text = ''] = /^```(yaml|scenario)\n([\s\S]*?)\n```$/.exec(block) ?? [];
      if (kind === 'yaml') await stage.play('apply', text.split('\n'));
      if (kind !== 'scenario') continue;
      const parts: Part[] = [];
      for (const part of parseScenario(text)) {
        if (part.kind === 'text') parts.push(part);
        else parts.push({ ...part, expected: await stage.play(part.command, part.body) });
      }
      blocks[index] = `\`\`\`scenario\n${formatScenario(parts).trimEnd()}\n\`\`\``;
    }
  } finally {
    await stage.close();
  }
  return blocks.join('');
}

test('there are eight', () => expect(pages).toHaveLength(8));

test.each(pages)('%s: what its page shows is what happens', async (name) => {
  const file = join(workloads, name, 'README.md');
  const page = readFileSync(file, 'utf8');
  expect(page).toMatch(/^```yaml$/m);
  expect(page).toMatch(/^```scenario$/m);
  const now = await played(page);
  if (process.env.UPDATE_SCENARIOS) writeFileSync(file, now);
  else expect(now).toBe(page);
});

test.each(pages)('%s: its page names every setting that the program has', (name) => {
  const source = readFileSync(join(workloads, 'teaching', `${name}.c`), 'utf8');
  const settings = [...source.matchAll(/\{\{"([a-z-]+)", 0, FLAG_/g)].map(([, setting]) => setting);
  const page = readFileSync(join(workloads, name, 'README.md'), 'utf8');
  expect(settings.length).toBeGreaterThan(2);
  expect(settings.filter((setting) => !page.includes(`\`--${setting}\``))).toEqual([]);
});
