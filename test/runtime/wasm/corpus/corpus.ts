/** Programs that other toolchains made, or that no one here wrote: how each is started, and what it must say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from '@bytecodealliance/jco';

export interface CorpusProgram {
  readonly name: string;
  /** The toolchain and its version, and the kind of program that it makes. */
  readonly madeBy: string;
  readonly bytes: () => Promise<Uint8Array>;
  readonly expects: { readonly exitCode: number; readonly lines: readonly string[] };
}

/** What every program is started with: two arguments, and `GREETING=hello`. */
export const ARGUMENTS = ['b', 'a'];

const here = import.meta.dirname;
const file = (name: string) => async (): Promise<Uint8Array> => {
  const bytes = readFileSync(join(here, 'programs', name));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
};
const text = (name: string) => () => parse(readFileSync(join(here, 'sources', name), 'utf8'));

export const CORPUS: readonly CorpusProgram[] = [
  {
    name: 'Rust',
    madeBy: 'rustc 1.63 of Debian 12 for wasm32-wasi, linked by lld 14: a preview 1 module',
    bytes: file('rust.wasm'),
    expects: {
      exitCode: 7,
      lines: [
        'arguments ["b", "a"]',
        'variable hello',
        'piece line',
        'lines 3',
        'length 34 file true',
        'recent true',
        'names ["a", "three"]',
        'missing NotFound',
        'directory true',
        'removed true',
        'a 3',
        'slept true',
      ],
    },
  },
  {
    name: 'C++',
    madeBy: 'clang 19 with libc++ 19 and wasi-libc of Debian 12: a preview 1 module',
    bytes: file('cpp.wasm'),
    expects: {
      exitCode: 23,
      lines: [
        'sorted a b',
        'variable hello',
        'one=3 three=1 two=1 ',
        'area 2.25',
        'line second',
        'symlink 1 of 19 bytes',
        'exists 1 missing 0',
        'entries 4',
        'slept 1',
        'done',
      ],
    },
  },
  {
    name: 'Go',
    madeBy: 'go 1.26.8 for GOOS=wasip1 GOARCH=wasm: a preview 1 module with a runtime of its own',
    bytes: file('go.wasm.gz'),
    expects: {
      exitCode: 11,
      lines: [
        'arguments [b a] variable hello',
        'sum 2870',
        'slept true',
        'allocated 2000000',
        'json podstep [1 2 3] <nil>',
        'walked [a:true b:true go:true link:false two.json:false]',
        'missing true',
        'removed <nil>',
      ],
    },
  },
  {
    name: 'AssemblyScript with its WASI shim',
    madeBy: 'assemblyscript 0.28 with @assemblyscript/wasi-shim 0.1.0: a preview 1 module without malloc',
    bytes: file('assemblyscript.wasm'),
    expects: {
      exitCode: 5,
      lines: [
        'arguments b,a',
        'variable hello',
        'sum 500500',
        'letters 26 z=25',
        'later true',
        'Error: to standard error',
      ],
    },
  },
  {
    name: 'AssemblyScript on WASI 0.2',
    madeBy: 'assemblyscript 0.28 and wasm-tools (jco 1.35.0): a component of WASI 0.2.12 without an adapter',
    bytes: file('assemblyscript-p2.wasm'),
    expects: { exitCode: 3, lines: ['sum 500500', 'clock true'] },
  },
  {
    name: 'JavaScript',
    madeBy: 'componentize-qjs 0.4.5 (QuickJS, in Rust): a component of WASI 0.2.12',
    bytes: file('quickjs.wasm.gz'),
    expects: {
      exitCode: 9,
      lines: [
        'arguments b a',
        'variable hello',
        'primes 2 3 5 7 11 13 17 19 23 29',
        '{"text":"ABC","sorted":[1,2,3],"big":"1180591620717411303424"}',
        'file / written of 21',
        'missing no-entry',
        'slept true',
      ],
    },
  },
  {
    name: 'WebAssembly text, the oldest 0.2',
    madeBy: 'wasm-tools (jco 1.35.0) from text: a component of WASI 0.2.0, by hand',
    bytes: text('component.wat'),
    expects: { exitCode: 1, lines: ['hello from text'] },
  },
  {
    name: 'WebAssembly text, a core module',
    madeBy: 'wasm-tools (jco 1.35.0) from text: a preview 1 module of one page, which returns',
    bytes: text('module.wat'),
    expects: { exitCode: 0, lines: ['hello from a module'] },
  },
  {
    name: 'WebAssembly text with newer features',
    madeBy:
      'wasm-tools (jco 1.35.0) from text: vectors, bulk memory, exceptions, tail calls, several results',
    bytes: text('features.wat'),
    expects: { exitCode: 7 + 5 + 11 + (100_000 % 64) + 20 - 3, lines: [''] },
  },
];
