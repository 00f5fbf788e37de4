/** Programs that are refused when they are pulled, in a sentence; the next one is transpiled. */
import { readFileSync } from 'node:fs';
import { parse } from '@bytecodealliance/jco';
import { afterAll, expect, test } from 'vitest';
import { Transpiler } from '../../../../src/runtime/wasm/images/transpile.ts';
import { PAUSE } from '../images/fixture.ts';
import { component, module, RUN } from './programs.ts';

const transpiler = new Transpiler();
afterAll(() => transpiler.close());

const HEAD = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const bytes = (...more: readonly number[]) => Uint8Array.from([...HEAD, ...more]);
const START = '(memory (export "memory") 1) (func (export "_start"))';
const many = (count: number, line: string) => line.repeat(count);
/** A component in a component, and so on. */
const nest = (depth: number): string => (depth === 0 ? '(component)' : `(component ${nest(depth - 1)})`);
const run = `(core module $m (func (export "r") (result i32) i32.const 0)) (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "r")))
  (instance $run (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $run))`;

const refused: readonly (readonly [name: string, program: () => Promise<Uint8Array> | Uint8Array, RegExp])[] =
  [
    ['nothing', () => new Uint8Array(0), /no WebAssembly component/],
    ['a text', () => new TextEncoder().encode('#!/bin/sh\nrm -rf /\n'), /no WebAssembly component/],
    ['half a component', () => readFileSync(PAUSE).subarray(0, 20_000), /ends too early/],
    ['a head alone', () => bytes(), /exports no _start/],
    ['a section longer than the module', () => bytes(1, 0xff, 0xff, 0xff, 0xff, 0x0f), /ends too early/],
    ['a length that never ends', () => bytes(1, ...new Array(20).fill(0xff)), /longer than 32 bits/],
    ['a list of four billion types', () => bytes(1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f), /list is longer/],
    [
      'a custom section whose name is longer than itself',
      () => bytes(0, 2, 0x7f, 0x61),
      /exports no _start|not valid/,
    ],
    ['a second memory', () => module(`(memory 1) ${START}`), /second memory/],
    [
      'a shared memory',
      () => module('(memory (export "memory") 1 1 shared) (func (export "_start"))'),
      /shared/,
    ],
    [
      'a memory of 64 bits',
      () => module('(memory (export "memory") i64 1) (func (export "_start"))'),
      /64-bit/,
    ],
    ['a table of ten million', () => module(`(table 10000000 funcref) ${START}`), /tables have more than/],
    [
      'a table that grows',
      () => module(`(table 1 funcref) (func (drop (table.grow (ref.null func) (i32.const 1)))) ${START}`),
      /table.grow/,
    ],
    [
      'a table of the host’s objects',
      () => module(`(table 1 externref) ${START}`),
      /other references than functions/,
    ],
    ['collected objects', () => module(`(type (struct (field i32))) ${START}`), /garbage-collected/],
    [
      'exceptions of a hundred values',
      () => module(`(tag (param ${many(100, 'i64 ')})) ${START}`),
      /exceptions/,
    ],
    ['a function that is not valid', () => module(`(func (result i32)) ${START}`), /not valid WebAssembly/],
    [
      'a start function that takes something',
      () => module(`(func $s (param i32)) (start $s) ${START}`),
      /not valid WebAssembly/,
    ],
    [
      'a function of 50,001 variables',
      () => module(`(func (local ${many(50_001, 'i64 ')})) ${START}`),
      /not valid WebAssembly/,
    ],
    [
      'two exports of one name',
      () => module(`(func (export "a")) (func (export "a")) ${START}`),
      /not valid WebAssembly/,
    ],
    [
      'an import that there is not',
      () => module(`(import "env" "system" (func)) ${START}`),
      /linker did not find/,
    ],
    [
      'a function of preview 1 that there is not',
      () => module(`(import "wasi_snapshot_preview1" "proc_exec" (func)) ${START}`),
      /proc_exec/,
    ],
    [
      'a memory that is imported',
      () => module('(import "env" "memory" (memory 1)) (func (export "_start"))'),
      /threads/,
    ],
    [
      'the counter of fuel under its own name',
      () => module(`(global (export "__podstep_fuel") (mut i32) (i32.const 1)) ${START}`),
      /exports __podstep_fuel itself/,
    ],
    [
      'the hooks in a component',
      () =>
        component(
          `(memory (export "memory") 1) (table (export "__podstep_hooks") 2 funcref) (func (export "${RUN}") (result i32) i32.const 0)`,
        ),
      /__podstep_hooks/,
    ],
    [
      'an interface of someone else',
      () => parse(`(component (import "acme:db/root" (instance)) ${run})`),
      /acme:db\/root/,
    ],
    [
      'a location as an import',
      () => parse(`(component (import "url=<file:///etc/passwd>" (func)) ${run})`),
      /imports url/,
    ],
    [
      'components nested sixty deep',
      () => parse(`(component ${nest(60)} ${run})`),
      /nested too deeply|nesting/,
    ],
    ['a component that runs nothing', () => parse('(component)'), /exports nothing/],
    ['a library', () => module('(func (export "add"))'), /reactor/],
  ];

test.each(refused)('%s', async (_, program, sentence) => {
  const failed = await transpiler.transpile(await program()).then(
    () => 'it was transpiled',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  expect(failed).toMatch(sentence);
  expect(failed).not.toMatch(/undefined|\[object|TypeError/);
});

/** What is large but lawful: it is transpiled, in time. */
const large: readonly (readonly [name: string, program: () => Promise<Uint8Array>])[] = [
  ['100,000 functions', () => module(`${many(100_000, '(func)')} ${START}`)],
  [
    '100,000 exports',
    () =>
      module(
        `${Array.from({ length: 100_000 }, (_, index) => `(export "e${index}" (func 0))`).join('')} ${START}`,
      ),
  ],
  ['a name of a megabyte', () => module(`(func (export "${'n'.repeat(99_999)}")) ${START}`)],
  [
    'blocks in blocks, 10,000 deep',
    () => module(`(func ${many(10_000, 'block ')} ${many(10_000, 'end ')}) ${START}`),
  ],
  ['a function of a million instructions', () => module(`(func ${many(1_000_000, 'nop ')}) ${START}`)],
  ['a table of a million', () => module(`(table 1000000 funcref) ${START}`)],
];

test.each(large)(
  '%s',
  async (_, program) => {
    expect((await transpiler.transpile(await program())).size).toBe(2);
  },
  60_000,
);
