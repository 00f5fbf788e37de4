/** Programs that no toolchain makes: from text, as components of WASI 0.2 or as core modules of preview 1, and from bytes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco';

export const WASI = '0.2.12';
const PACKAGES = ['io', 'clocks', 'random', 'filesystem', 'sockets', 'cli'];
const library = join(import.meta.dirname, '../../../../node_modules/@bytecodealliance/jco/lib');

/** WIT wants further packages nested in braces when all is one source. */
const nested = (wit: string) => `${wit.replace(/^package ([^;]+);/m, 'package $1 {')}\n}\n`;

function witSource(): string {
  const packages = PACKAGES.map((name) =>
    nested(readFileSync(join(library, 'wit/builtin', WASI, `wasi-${name}`, 'package.wit'), 'utf8')),
  );
  const include = `package hostile:guest; world guest { include wasi:cli/imports@${WASI}; export wasi:cli/run@${WASI}; }`;
  return [include, ...packages].join('\n');
}

export const RUN = `wasi:cli/run@${WASI}#run`;

/** A command made of one core module, whose imports have the names of the canonical ABI. */
export async function component(core: string): Promise<Uint8Array> {
  const binary = await parse(`(module ${core})`);
  return componentNew(await componentEmbed({ binary, witSource: witSource(), world: 'guest' }), []);
}

/** A core module of preview 1. */
export async function module(core: string): Promise<Uint8Array> {
  return Uint8Array.from(await parse(`(module ${core})`));
}

/** A command that does `body` in its `run`; `imports` are lines of text, `more` further definitions. */
export const command = (body: string, imports = '', more = '') =>
  component(`${imports}
    (memory (export "memory") 1)
    ${more}
    (func (export "${RUN}") (result i32) (local $h i32) (local $g i32) ${body} (i32.const 0))
    ${more.includes('"cabi_realloc"') ? '' : REALLOC}`);

/** An allocator that never frees, above the first 4 KiB. */
const REALLOC = `(global $top (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $top (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
    (global.get $top)
    (global.set $top (i32.add (global.get $top) (local.get 3))))`;

const wasi = (name: string, member: string, id: string, type: string) =>
  `(import "wasi:${name}@${WASI}" "${member}" (func $${id} ${type}))`;

/** Imports by the names that the cases use. */
export const IMPORT = {
  stdout: wasi('cli/stdout', 'get-stdout', 'stdout', '(result i32)'),
  stdin: wasi('cli/stdin', 'get-stdin', 'stdin', '(result i32)'),
  args: wasi('cli/environment', 'get-arguments', 'args', '(param i32)'),
  exit: wasi('cli/exit', 'exit', 'exit', '(param i32)'),
  exitCode: wasi('cli/exit', 'exit-with-code', 'exit-code', '(param i32)'),
  dropOut: wasi('io/streams', '[resource-drop]output-stream', 'drop-out', '(param i32)'),
  dropPollable: wasi('io/poll', '[resource-drop]pollable', 'drop-pollable', '(param i32)'),
  block: wasi('io/poll', '[method]pollable.block', 'block', '(param i32)'),
  ready: wasi('io/poll', '[method]pollable.ready', 'ready', '(param i32) (result i32)'),
  poll: wasi('io/poll', 'poll', 'poll', '(param i32 i32 i32)'),
  subscribeOut: wasi(
    'io/streams',
    '[method]output-stream.subscribe',
    'subscribe-out',
    '(param i32) (result i32)',
  ),
  after: wasi('clocks/monotonic-clock', 'subscribe-duration', 'after', '(param i64) (result i32)'),
  at: wasi('clocks/monotonic-clock', 'subscribe-instant', 'at', '(param i64) (result i32)'),
  read: wasi('io/streams', '[method]input-stream.blocking-read', 'read', '(param i32 i64 i32)'),
  skip: wasi('io/streams', '[method]input-stream.blocking-skip', 'skip', '(param i32 i64 i32)'),
  write: wasi('io/streams', '[method]output-stream.write', 'write', '(param i32 i32 i32 i32)'),
  blockingWrite: wasi(
    'io/streams',
    '[method]output-stream.blocking-write-and-flush',
    'blocking-write',
    '(param i32 i32 i32 i32)',
  ),
  zeroes: wasi('io/streams', '[method]output-stream.write-zeroes', 'zeroes', '(param i32 i64 i32)'),
  blockingZeroes: wasi(
    'io/streams',
    '[method]output-stream.blocking-write-zeroes-and-flush',
    'blocking-zeroes',
    '(param i32 i64 i32)',
  ),
  splice: wasi('io/streams', '[method]output-stream.blocking-splice', 'splice', '(param i32 i32 i64 i32)'),
  random: wasi('random/random', 'get-random-bytes', 'random', '(param i64 i32)'),
  preopens: wasi('filesystem/preopens', 'get-directories', 'preopens', '(param i32)'),
  openAt: wasi(
    'filesystem/types',
    '[method]descriptor.open-at',
    'open-at',
    '(param i32 i32 i32 i32 i32 i32 i32)',
  ),
  createDirectory: wasi(
    'filesystem/types',
    '[method]descriptor.create-directory-at',
    'create-directory',
    '(param i32 i32 i32 i32)',
  ),
  advise: wasi('filesystem/types', '[method]descriptor.advise', 'advise', '(param i32 i64 i64 i32 i32)'),
  tcp: wasi('sockets/tcp-create-socket', 'create-tcp-socket', 'tcp', '(param i32 i32)'),
} as const;

type ImportName = keyof typeof IMPORT;

export const imports = (...names: readonly ImportName[]) => names.map((name) => IMPORT[name]).join('\n');

/** Imports of preview 1: all that a case calls, with their types. */
const PREVIEW1: Readonly<Record<string, string>> = {
  fd_read: '(param i32 i32 i32 i32) (result i32)',
  fd_write: '(param i32 i32 i32 i32) (result i32)',
  fd_close: '(param i32) (result i32)',
  fd_renumber: '(param i32 i32) (result i32)',
  fd_seek: '(param i32 i64 i32 i32) (result i32)',
  fd_pwrite: '(param i32 i32 i32 i64 i32) (result i32)',
  fd_readdir: '(param i32 i32 i32 i64 i32) (result i32)',
  fd_filestat_set_size: '(param i32 i64) (result i32)',
  fd_allocate: '(param i32 i64 i64) (result i32)',
  args_get: '(param i32 i32) (result i32)',
  environ_get: '(param i32 i32) (result i32)',
  random_get: '(param i32 i32) (result i32)',
  clock_time_get: '(param i32 i64 i32) (result i32)',
  path_open: '(param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)',
  path_symlink: '(param i32 i32 i32 i32 i32) (result i32)',
  poll_oneoff: '(param i32 i32 i32 i32) (result i32)',
  proc_exit: '(param i32)',
  sched_yield: '(result i32)',
  sock_accept: '(param i32 i32 i32) (result i32)',
};

/** A preview 1 module that does `body`; every function that it calls by name is imported. */
export function preview1(body: string, more = '(memory (export "memory") 2)'): Promise<Uint8Array> {
  const used = Object.keys(PREVIEW1).filter((name) => `${body}${more}`.includes(`$${name}`));
  const lines = used.map(
    (name) => `(import "wasi_snapshot_preview1" "${name}" (func $${name} ${PREVIEW1[name]}))`,
  );
  return module(`${lines.join('\n')} ${more} (func (export "_start") (local $i i32) ${body})`);
}
