import { expect, test } from 'vitest';
import { checkFiles, checkTests } from './files.ts';
import { checkLayers } from './layers.ts';
import { checkKeys, checkTexts } from './messages.ts';
import { checkAny, checkPurity } from './purity.ts';
import { checkReach } from './reach.ts';
import { blanked, type Problem, sourceFile } from './source.ts';

const one = (path: string, text: string) => [sourceFile(path, text)];
const problemsOf = (problems: Problem[]) => problems.map(({ problem }) => problem);

test.each([
  ['src/lib/a.ts', "import { b } from '../api/b.ts';", 'lib may not import src/api/b.ts'],
  ['src/api/a.ts', "import type { B } from '../machines/b.ts';", 'api may not import src/machines/b.ts'],
  ['src/kubelet/a.ts', "export { b } from '../cluster/b.ts';", 'kubelet may not import src/cluster/b.ts'],
  [
    'src/runtime/fake/a.ts',
    "import { b } from '../../kubelet/b.ts';",
    'runtime may not import src/kubelet/b.ts',
  ],
  [
    'src/tui/a.ts',
    "const b = await import('../runtime/wasm/b.ts');",
    'tui may not import src/runtime/wasm/b.ts',
  ],
  ['src/tui/a.ts', "import { b } from '../runtime/port.ts';", 'may know of the port its types only'],
  ['src/engine/a.ts', "import {\n  b,\n} from '../cli/b.ts';", 'engine may not import src/cli/b.ts'],
  ['src/attic/a.ts', '', 'no floor has a folder attic'],
  ['src/kubelet/a.ts', "import { setup } from 'xstate';", 'may not import the package xstate'],
  ['src/cli/a.ts', "import { Box } from 'ink';", 'may not import the package ink'],
  ['src/tui/a.ts', "import pad from 'left-pad';", 'may not import the package left-pad'],
  [
    'src/api/types.ts',
    "import { Pod } from 'kubernetes-models/v1';",
    'may take types only from kubernetes-models',
  ],
  ['src/cli/a.ts', "import { transpile } from '@bytecodealliance/jco';", 'may not import jco'],
])('layers: %s with %j', (path, text, problem) => {
  expect(problemsOf(checkLayers(one(path, text)))).toEqual([problem]);
});

test('layers: what is allowed is allowed', () => {
  const text =
    "import { a } from '../lib/a.ts';\nimport type { B } from '../runtime/port.ts';\nimport { c } from './c.ts';";
  expect(checkLayers(one('src/engine/x.ts', text))).toEqual([]);
  expect(checkLayers(one('src/machines/x.ts', "import { setup } from 'xstate';"))).toEqual([]);
  expect(checkLayers(one('src/tui/x.ts', "import { type B, type C } from '../runtime/port.ts';"))).toEqual(
    [],
  );
});

test('layers: only the files that transpile know jco', () => {
  const text = "import { transpile } from '@bytecodealliance/jco/component';";
  const paths = ['src/runtime/wasm/images/transpile.ts', 'src/runtime/wasm/images/b.ts'];
  const files = paths.map((path) => sourceFile(path, text));
  expect(checkLayers(files)).toMatchObject([{ path: 'src/runtime/wasm/images/b.ts' }]);
});

test.each([
  ["import { readFileSync } from 'node:fs';", 'imports node:fs'],
  ['const now = Date.now();', 'line 1: Date: time is an input'],
  ['const at = new Date(0);', 'line 1: Date: time is an input'],
  ['const x = Math.random();', 'line 1: Math.random: randomness is seeded, in lib/random.ts'],
  ['setTimeout(f, 1);', 'line 1: a timer: timers are effects'],
  ['\nasync function f() {}', 'line 2: async: the core is synchronous'],
  ['const p = Promise.resolve();', 'line 1: Promise: the core is synchronous'],
  ['const home = process.env.HOME;', 'line 1: a global of the host'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the fixture is source text with a template in it
  ['const text = `at ${Date.now()}`;', 'line 1: Date: time is an input'],
])('purity: %j', (text, problem) => {
  expect(problemsOf(checkPurity(one('src/kubelet/a.ts', text)))).toEqual([problem]);
  expect(checkPurity(one('src/engine/a.ts', text))).toEqual([]);
});

test('purity: comments and texts are not code', () => {
  const text =
    "// new Date()\n/* await\nPromise */ const a = 'setTimeout()'; const b = /Date[/]'/; const c = `Date`;";
  expect(checkPurity(one('src/kubelet/a.ts', text))).toEqual([]);
  expect(blanked("a / b / 'Date'")).toBe("a / b / '    '");
});

test('any is found where it is a type, and nowhere else', () => {
  expect(
    checkAny(one('src/a/b.ts', 'let a: any;\nconst b = x as any;\ntype C = Map<string, any>;')),
  ).toHaveLength(3);
  expect(checkAny(one('src/a/b.ts', 'const any = 1;\nlist.some(any);\nconst s = "x: any";'))).toEqual([]);
});

test('a file that nothing reaches is found; workers and scripts count as reached', () => {
  const files = [
    sourceFile('src/cli/main.ts', "import { a } from '../engine/a.ts';"),
    sourceFile('src/engine/a.ts', "new Worker(new URL('./worker.ts', import.meta.url));"),
    sourceFile(
      'src/engine/worker.ts',
      ['const e = new URL(`./thread.$', '{extension}`, import.meta.url)'].join(''),
    ),
    sourceFile('src/engine/thread.ts', ''),
    sourceFile('src/engine/files-fake.ts', ''),
    sourceFile('src/engine/host.d.ts', ''),
    sourceFile('src/engine/script.ts', ''),
    sourceFile('src/engine/dead.ts', "import './dead-too.ts';"),
    sourceFile('src/engine/dead-too.ts', ''),
  ];
  expect(checkReach(files, ['node src/engine/script.ts']).map(({ path }) => path)).toEqual([
    'src/engine/dead.ts',
    'src/engine/dead-too.ts',
  ]);
});

test('long files, empty names and missing openings are found', () => {
  const good = '/** Says what it is. */\n';
  expect(checkFiles(one('src/api/types.ts', good))).toEqual([]);
  expect(problemsOf(checkFiles(one('src/api/a.ts', good + 'x\n'.repeat(350))))).toEqual([
    '351 lines; 350 are allowed',
  ]);
  for (const path of ['src/utils/a.ts', 'src/api/string-helpers.ts', 'src/api/common.ts']) {
    expect(problemsOf(checkFiles(one(path, good)))).toEqual(['its name says nothing of what is in it']);
  }
  expect(problemsOf(checkFiles(one('src/api/a.ts', 'export {};\n')))).toEqual([
    'does not open with a sentence on what it is',
  ]);
});

test('messages: missing texts and unequal place holders are found', () => {
  expect(checkTexts({ a: { en: 'x {n}', zh: '{n}' } })).toEqual([]);
  expect(problemsOf(checkTexts({ a: { en: 'x', zh: ' ' } }))).toEqual(['has no text in zh']);
  expect(problemsOf(checkTexts({ a: { en: '{n} of {m}', zh: '{n}' } }))).toEqual([
    'place holders differ: {m, n} in en, {n} in zh',
  ]);
});

test('messages: unused and unknown keys are found, keys that are put together count as used', () => {
  const messages = { 'a.one': {}, 'a.two': {}, 'b.x.one': {} };
  const together = ['`b.x.$', '{name}`'].join('');
  const files = one('src/cli/a.ts', `f({ key: 'a.one' }); f({ key: 'a.three' }); f({ key: ${together} });`);
  expect(problemsOf(checkKeys(messages, files))).toEqual([
    'tells a.three, which is no message',
    'no file tells this message',
  ]);
});

test('tests that are left out are found', () => {
  expect(checkTests(one('test/a.test.ts', ['test.', 'skip("a")'].join('')))).toHaveLength(1);
  expect(checkTests(one('test/a.test.ts', 'test("a")'))).toEqual([]);
});
