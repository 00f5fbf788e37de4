/** Programs that a container cannot run are refused before they run, with what is in the way and what to do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco';
import { expect, test } from 'vitest';
import {
  checkComponent,
  checkSize,
  PROGRAM_LIMIT_BYTES,
  UnsupportedProgram,
} from '../../../../src/runtime/wasm/images/acceptable.ts';
import { componentNames } from '../../../../src/runtime/wasm/images/component-names.ts';
import { checkModule } from '../../../../src/runtime/wasm/images/preview1.ts';
import { Transpiler } from '../../../../src/runtime/wasm/images/transpile.ts';
import { PAUSE } from './fixture.ts';

/** A component of a world; its functions, imported and exported, take nothing. */
async function component(world: string, core: string): Promise<Uint8Array> {
  const binary = await parse(`(module ${core})`);
  const embedded = await componentEmbed({ binary, witSource: `package t:t; ${world}`, world: 'w' });
  return componentNew(embedded, []);
}

const runs = (version: string) =>
  `package wasi:cli@${version} { interface run { run: func() -> result; } interface environment { new-thing: func(); } }`;
const runCore = (version: string) =>
  `(func (export "wasi:cli/run@${version}#run") (result i32) i32.const 0) (memory (export "memory") 1)`;

/** A command that imports one function. */
const importing = (interfaceName: string, fn: string, nested: string, version = '0.2.3') =>
  component(
    `world w { import ${interfaceName}; export wasi:cli/run@${version}; } ${nested} ${runs(version)}`,
    `(import "${interfaceName}" "${fn}" (func)) ${runCore(version)}`,
  );

test.each(['0.2.0', '0.2.3', '0.2.12', '0.2.99'])('a command of WASI %s is accepted', async (version) => {
  checkComponent(
    await component(`world w { export wasi:cli/run@${version}; } ${runs(version)}`, runCore(version)),
  );
});

test('the names of a real component are read', () => {
  const { imports, exports } = componentNames(readFileSync(PAUSE));
  expect(exports).toEqual(['wasi:cli/run@0.2.12']);
  expect(imports).toContainEqual({ name: 'podstep:process/signals@0.1.0', members: ['subscribe', 'take'] });
  expect(imports).toContainEqual({
    name: 'wasi:io/poll@0.2.12',
    members: expect.arrayContaining(['[method]pollable.block']),
  });
});

test.each([
  [
    'an interface that WASI does not have',
    () =>
      importing('acme:db/store@1.0.0', 'get', 'package acme:db@1.0.0 { interface store { get: func(); } }'),
    'imports acme:db/store@1.0.0: podstep has only WASI and podstep:process; compose the program',
  ],
  [
    'an interface of WASI that podstep does not have',
    () =>
      importing(
        'wasi:keyvalue/store@0.2.0',
        'get',
        'package wasi:keyvalue@0.2.0 { interface store { get: func(); } }',
      ),
    'imports wasi:keyvalue/store@0.2.0: podstep does not have this interface',
  ],
  [
    'time zones',
    () =>
      importing(
        'wasi:clocks/timezone@0.2.3',
        'x',
        'package wasi:clocks@0.2.3 { interface timezone { x: func(); } }',
      ),
    'imports wasi:clocks/timezone@0.2.3: time zones are an unstable feature',
  ],
  [
    'a function of a later version',
    () => importing('wasi:cli/environment@0.2.3', 'new-thing', ''),
    'imports the function new-thing of wasi:cli/environment@0.2.3, which is not in WASI 0.2 (0.2.0 to 0.2.12)',
  ],
  [
    'a draft of WASI 0.2',
    () => importing('wasi:cli/environment@0.2.0-rc-2023-11-10', 'new-thing', '', '0.2.0-rc-2023-11-10'),
    'imports wasi:cli/environment@0.2.0-rc-2023-11-10: podstep runs WASI 0.2 (0.2.0 to 0.2.12)',
  ],
  [
    'WASI 0.3',
    () => component(`world w { export wasi:cli/run@0.3.0; } ${runs('0.3.0')}`, runCore('0.3.0')),
    'exports wasi:cli/run@0.3.0: podstep runs WASI 0.2 (0.2.0 to 0.2.12); build it for wasm32-wasip2',
  ],
  [
    'a library',
    () =>
      component('world w { export greet: func(); }', '(func (export "greet")) (memory (export "memory") 1)'),
    'exports greet and not wasi:cli/run or wasi:http/incoming-handler: build it as a command',
  ],
  [
    'a function of its own world',
    () =>
      component(
        `world w { import log: func(); export wasi:cli/run@0.2.3; } ${runs('0.2.3')}`,
        `(import "$root" "log" (func)) ${runCore('0.2.3')}`,
      ),
    'imports log: podstep has only WASI',
  ],
])('refused: %s', async (_, make, sentence) => {
  const bytes = await make();
  expect(() => checkComponent(bytes)).toThrow(UnsupportedProgram);
  expect(() => checkComponent(bytes)).toThrow(sentence);
});

const start = '(func (export "_start")) (memory (export "memory") 1)';

test.each([
  ['(import "env" "puts" (func))', '"env" "puts": that is a function which the linker did not find'],
  ['(import "wasi_unstable" "fd_write" (func))', 'WASI preview 0; build it for wasm32-wasip1'],
  ['(import "wasi" "thread-spawn" (func))', 'podstep runs no threads'],
  ['(import "env" "memory" (memory 1 2))', 'podstep runs no threads and no shared memory'],
  ['(import "wasi_snapshot_preview1" "fd_fly" (func))', '"fd_fly": podstep gives core modules'],
  ['(import "gojs" "runtime.wasmExit" (func))', 'build with GOOS=wasip1 GOARCH=wasm'],
  ['(import "x" "y" (func))', '"x" "y": podstep gives core modules wasi_snapshot_preview1 alone'],
])('refused: a core module with %s', async (core, sentence) => {
  const module = await parse(
    `(module ${core} ${core.includes('memory') ? '(func (export "_start"))' : start})`,
  );
  expect(() => checkModule(module)).toThrow(sentence);
});

test('refused: a core module that is a library', async () => {
  const module = await parse('(module (func (export "_initialize")))');
  expect(() => checkModule(module)).toThrow('exports no _start, so it is a library (a reactor)');
});

test('refused: a program of more bytes than can be transpiled', () => {
  expect(() => checkSize(PROGRAM_LIMIT_BYTES)).not.toThrow();
  expect(() => checkSize(PROGRAM_LIMIT_BYTES + 1)).toThrow('129 MiB, more than the 128 MiB');
});

test('a core module becomes a few lines that start it, and itself', async () => {
  const transpiler = new Transpiler();
  const files = await transpiler.transpile(await parse(`(module ${start})`));
  expect([...files.keys()]).toEqual(['component.js', 'program.core.wasm']);
  await transpiler.close();
});

test('a refusal reaches who asked for the transpiling, and the next program is transpiled', async () => {
  const transpiler = new Transpiler();
  const library = await parse('(module (func (export "_initialize")))');
  await expect(transpiler.transpile(library)).rejects.toThrow('exports no _start');
  const command = await parse(`(module ${start})`);
  expect([...(await transpiler.transpile(command)).keys()]).toContain('component.js');
  await transpiler.close();
}, 30_000);

test.each([
  ['shared memory', '(memory (export "memory") 1 2 shared)'],
  ['64-bit memory', '(memory (export "memory") i64 1)'],
  ['several memories', '(memory (export "memory") 1) (memory 1)'],
  ['garbage collection', '(type (struct (field i32))) (memory (export "memory") 1)'],
])('refused: %s, with what to do', async (_, core) => {
  const transpiler = new Transpiler();
  const module = await parse(`(module ${core} (func (export "_start") (loop)))`);
  await expect(transpiler.transpile(module)).rejects.toThrow(
    / \(at byte \d+\): build it without threads, shared/,
  );
  await transpiler.close();
});

test('a transpiling that takes too long is ended, and the thread with it', async () => {
  const transpiler = new Transpiler(1);
  const component = readFileSync(PAUSE);
  await expect(transpiler.transpile(component)).rejects.toThrow(
    'took longer than 0.001 s: build a smaller one',
  );
});

test('what is neither is said to be neither', () => {
  expect(() => checkComponent(readFileSync(join(import.meta.dirname, 'fixture.ts')))).toThrow(
    'no WebAssembly component',
  );
});
