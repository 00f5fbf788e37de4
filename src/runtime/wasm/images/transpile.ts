/** A component becomes an ES module and instrumented core modules: jco, on a thread of its own. A core module of preview 1 is only instrumented. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { UnsupportedModule } from '../instrument/bytes.ts';
import { checkComponent, checkSize, UnsupportedProgram } from './acceptable.ts';
import { checkModule, isCoreModule, MODULE_SOURCE, PROGRAM_FILE } from './preview1.ts';
import { directCalls } from './transpile-calls.ts';
import { boundLifts } from './transpile-lifts.ts';
import { TRANSPILE_SOURCES } from './transpile-version.ts';
import { checkWrittenNames } from './written-names.ts';

/** What a guest may wait in (JSPI): as jco's `--async-wasi-imports`, and starting a program beside itself. */
const ASYNC_IMPORTS = [
  'wasi:io/poll#poll',
  'wasi:io/poll#[method]pollable.block',
  'wasi:io/streams#[method]input-stream.blocking-read',
  'wasi:io/streams#[method]input-stream.blocking-skip',
  'wasi:io/streams#[method]output-stream.blocking-flush',
  'wasi:io/streams#[method]output-stream.blocking-write-and-flush',
  'wasi:io/streams#[method]output-stream.blocking-write-zeroes-and-flush',
  'wasi:io/streams#[method]output-stream.blocking-splice',
];
const ASYNC_EXPORTS = ['wasi:cli/run#run', 'wasi:http/incoming-handler#handle'];

/** The ES module's file name among the transpiled files; the others are core modules. */
export const MODULE_FILE = 'component.js';

/** File names and contents. */
export type TranspiledFiles = ReadonlyMap<string, Uint8Array>;

/** Names the result beside the component's digest: other versions give other code. */
export function transpilerVersion(): string {
  const entry = fileURLToPath(import.meta.resolve('@bytecodealliance/jco'));
  const { version } = JSON.parse(readFileSync(new URL('../package.json', `file://${entry}`), 'utf8'));
  return `jco-${version}-sources-${TRANSPILE_SOURCES}`;
}

/** @throws UnsupportedProgram for what the rewriting does not know */
async function instrumented(module: Uint8Array): Promise<Uint8Array> {
  const { instrument } = await import('../instrument/instrument.ts');
  return withAdvice(() => instrument(module));
}

function withAdvice<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnsupportedModule) throw new UnsupportedProgram(`${error.message}: ${FEATURES}`);
    throw error;
  }
}

/** What to do about a module with other parts of WebAssembly. */
const FEATURES =
  'build it without threads, shared or 64-bit memory, several memories and garbage collection (plain wasm32-wasip1 or wasm32-wasip2)';

const NOT_TRANSPILED =
  'jco cannot transpile the component: it is malformed, or made in a way that jco does not know; build it anew, or as a wasm32-wasip1 module';

/** A core module needs no jco. */
async function moduleFiles(module: Uint8Array): Promise<TranspiledFiles> {
  withAdvice(() => checkModule(module));
  await checkValid(module);
  return new Map([
    [MODULE_FILE, new TextEncoder().encode(MODULE_SOURCE)],
    [PROGRAM_FILE, await instrumented(module)],
  ]);
}

/** A component is validated by jco. @throws UnsupportedProgram in the engine's words */
async function checkValid(module: Uint8Array): Promise<void> {
  if (WebAssembly.validate(module)) return;
  const why = await WebAssembly.compile(module).then(() => '', String);
  throw new UnsupportedProgram(`the module is not valid WebAssembly: build it anew (${why})`);
}

async function transpileHere(program: Uint8Array): Promise<TranspiledFiles> {
  checkSize(program.length);
  if (isCoreModule(program)) return moduleFiles(program);
  checkComponent(program);
  withAdvice(() => checkWrittenNames(program));
  const { generate } = await import('@bytecodealliance/jco/component');
  const { files, exports } = await generate(program, {
    name: 'component',
    noTypescript: true,
    instantiation: { tag: 'async' },
    asyncMode: { tag: 'jspi', val: { imports: ASYNC_IMPORTS, exports: ASYNC_EXPORTS } },
    noComponentErrorWrapping: true,
    base64Cutoff: 0,
  }).catch((error: unknown) => {
    // Jco's own code, which is WebAssembly too, has given up on it; it cannot be used again (see Transpiler).
    throw error instanceof WebAssembly.RuntimeError ? new Error(NOT_TRANSPILED, { cause: error }) : error;
  });
  const names = exports.map(([name]) => name);
  const ready = files.map(async ([name, bytes]) => {
    return [name, name.endsWith('.wasm') ? await instrumented(bytes) : patched(bytes, names)] as const;
  });
  return new Map(await Promise.all(ready));
}

/** jco's code asks the environment before each line of its debug log, several times in every call of the host. */
const DEBUG_LOG = /const _debugLog = \(\.\.\.args\) => \{[\s\S]*?\n {2}\};/;

/** Without its debug log, with lifts that have bounds, and with the names of the component's exports (process/component.ts). */
function patched(module: Uint8Array, exported: readonly string[]): Uint8Array {
  const source = Buffer.from(module).toString('utf8').replace(DEBUG_LOG, 'const _debugLog = () => {};');
  return Buffer.from(
    `${directCalls(boundLifts(source))}\nexport const exported = ${JSON.stringify(exported)};\n`,
  );
}

interface Reply {
  readonly files?: TranspiledFiles;
  readonly problem?: string;
}

/** How long the thread waits for another component before it ends. */
const IDLE_MS = 3_000;

/** The largest programs known (a compiler of 75 MB) take a twentieth of this. */
const LIMIT_MS = 120_000;
const tooLong = (limitMs: number) =>
  `transpiling the program took longer than ${limitMs / 1000} s: build a smaller one, optimised for size`;

/**
 * A thread that transpiles component after component, so that the screen goes on: started when it is needed
 * (which takes a quarter of a second, most of it for loading jco), ended when it was idle for a while. It
 * holds the process only while it works. One component at a time: the store's lock sees to that.
 */
export class Transpiler {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  readonly #limitMs: number;

  constructor(limitMs = LIMIT_MS) {
    this.#limitMs = limitMs;
  }

  /** @throws Error with jco's or the rewriting's words when the component cannot be run here. */
  async transpile(component: Uint8Array): Promise<TranspiledFiles> {
    clearTimeout(this.#idle);
    const worker = this.#worker ?? new Worker(new URL(import.meta.url), { stderr: true });
    this.#worker = worker;
    // What jco says as it gives up on a malformed component is nothing for the screen.
    worker.stderr.resume();
    worker.ref();
    try {
      const reply = await ask(worker, component, this.#limitMs);
      if (reply.files) return reply.files;
      throw new Error(reply.problem);
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      worker.unref();
      this.#idle = setTimeout(() => void this.close(), IDLE_MS).unref();
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

function ask(worker: Worker, component: Uint8Array, limitMs: number): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => settle(() => reject(new Error(tooLong(limitMs)))), limitMs);
    const settle = (give: () => void) => {
      clearTimeout(late);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      give();
    };
    const onMessage = (reply: Reply) => settle(() => resolve(reply));
    const onError = (error: unknown) => settle(() => reject(error));
    const onExit = () => settle(() => reject(new Error('the transpiling thread ended')));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(component);
  });
}

if (!isMainThread && parentPort) {
  const port = parentPort;
  port.on('message', (component: Uint8Array) => {
    transpileHere(component).then(
      (files) => port.postMessage({ files } satisfies Reply),
      (error) =>
        port.postMessage({ problem: error instanceof Error ? error.message : String(error) } satisfies Reply),
    );
  });
}
