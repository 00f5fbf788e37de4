import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, '../../src/tui/quick-ink.ts');

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'podstep-ink-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, content: string): Promise<void> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

async function run(script: string): Promise<string> {
  const command = ['--input-type=module', '--eval', script];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { timeout: 20_000 });
  expect(stderr).toBe('');
  return stdout.trim();
}

/** An Ink that shows what it was given, and a library that says when all of it is loaded. */
async function withInk(source: string): Promise<string> {
  await copyFile(SOURCE, join(root, 'quick-ink.ts'));
  await put('package.json', '{"type":"module"}');
  await put('node_modules/ink/package.json', '{"type":"module","exports":"./index.js"}');
  await put('node_modules/ink/index.js', source);
  await put(
    'node_modules/es-toolkit/package.json',
    '{"type":"module","exports":{"./compat":"./all.js","./compat/throttle":"./throttle.js"}}',
  );
  await put('node_modules/es-toolkit/throttle.js', 'export default "one";');
  await put(
    'node_modules/es-toolkit/all.js',
    'export const throttle = "whole"; export const omit = "whole";',
  );
  const file = pathToFileURL(join(root, 'quick-ink.ts')).href;
  return run(`console.log((await (await import('${file}')).importInk()).given)`);
}

describe('Ink', () => {
  it('is loaded with the one function that it uses of its library', async () => {
    const source = "import { throttle } from 'es-toolkit/compat';\nexport const given = throttle;";
    expect(await withInk(source)).toBe('one');
  });

  it.each([
    "import { throttle, omit } from 'es-toolkit/compat';\nexport const given = [throttle, omit].join();",
    "import { throttle } from 'es-toolkit/compat';\nimport { omit } from 'es-toolkit/compat';\nexport const given = [throttle, omit].join();",
  ])('is loaded as it wants to be when it uses more: %s', async (source) => {
    expect(await withInk(source)).toBe('whole,whole');
  });

  it('as it is installed is whole, and takes little of the library', async () => {
    const script = `
      import { registerHooks } from 'node:module';
      let loaded = 0;
      registerHooks({ load: (url, context, next) => { loaded += url.includes('/es-toolkit/'); return next(url, context); } });
      const { importInk } = await import('${pathToFileURL(SOURCE).href}');
      const quick = await importInk();
      console.log(quick === await import('ink'), typeof quick.render, loaded);`;
    const [isSame, render, loaded] = (await run(script)).split(' ');
    expect([isSame, render]).toEqual(['true', 'function']);
    expect(Number(loaded)).toBeLessThan(40);
  });
});
