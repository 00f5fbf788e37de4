/**
 * From sources to a core module of WASI preview 1, or a component, by compilers that are WebAssembly themselves: on a thread of its
 * own, so that one that does not end, or wants too much memory, can be ended.
 */
import { readFile } from 'node:fs/promises';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import type { MessageKey, Told } from '../../../messages/index.ts';

/** What is compiled: all files that the compiler may read, by path, and those that it begins with. */
export interface CompileJob {
  readonly kind: 'c' | 'assemblyscript';
  readonly units: readonly string[];
  readonly files: ReadonlyMap<string, string>;
  /** Of C: folders whose headers are found by their names alone, before those of the job's root. */
  readonly includes?: readonly string[];
  /** Of C: what the module becomes; a module without it. */
  readonly component?: { readonly processWit: string };
}

/** What came of a job. */
export type Compiled =
  | { readonly ok: true; readonly module: Uint8Array; readonly diagnostics: string }
  | { readonly ok: false; readonly problem: Told<MessageKey>; readonly diagnostics: string };

/** What a compiler of this folder gives back: no module when it has refused the sources. */
export interface CompilerResult {
  readonly module: Uint8Array | undefined;
  /** As the compiler has written it. */
  readonly diagnostics: string;
}

/** A program of a hundred thousand lines takes a third of this. */
const LIMIT_MS = 120_000;
const HEAP_MIB = 2_048;
/** Of what a compiler says. */
const DIAGNOSTICS_CHARACTERS = 64 << 10;

/** The packages that have to be there. */
const PACKAGES = {
  c: ['@yowasp/clang'],
  assemblyscript: ['assemblyscript', '@assemblyscript/wasi-shim'],
} as const;

/** What `npm install` takes to bring the compiler, in the versions that podstep is tested with. */
export async function packagesFor(kind: CompileJob['kind']): Promise<string> {
  const text = await readFile(new URL('../../../../package.json', import.meta.url), 'utf8');
  const { devDependencies }: { devDependencies: Readonly<Record<string, string>> } = JSON.parse(text);
  return PACKAGES[kind].map((name) => `${name}@${devDependencies[name]?.replace(/^\^/, '')}`).join(' ');
}

type Reply = CompilerResult | { readonly missing: true } | { readonly crashed: string };

/** Compiles and links one program. What is wrong with it is a value, with the compiler's own words. */
export async function compile(job: CompileJob, limitMs: number = LIMIT_MS): Promise<Compiled> {
  const worker = new Worker(new URL(import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  try {
    const reply = await ask(worker, job, limitMs);
    if (reply === 'late')
      return failed({ key: 'build.tooSlow', values: { seconds: Math.ceil(limitMs / 1000) } });
    if ('missing' in reply)
      return failed({ key: 'build.noCompiler', values: { packages: await packagesFor(job.kind) } });
    if ('crashed' in reply) return failed({ key: 'build.crashed', values: { problem: reply.crashed } });
    const diagnostics = reply.diagnostics.slice(0, DIAGNOSTICS_CHARACTERS);
    if (reply.module === undefined) return failed({ key: 'build.notCompiled' }, diagnostics);
    return { ok: true, module: reply.module, diagnostics };
  } finally {
    await worker.terminate();
  }
}

function failed(problem: Told<MessageKey>, diagnostics = ''): Compiled {
  return { ok: false, problem, diagnostics };
}

function ask(worker: Worker, job: CompileJob, limitMs: number): Promise<Reply | 'late'> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve('late'), limitMs);
    const done = (reply: Reply) => {
      clearTimeout(late);
      resolve(reply);
    };
    worker.on('message', done);
    worker.on('error', (error) => done({ crashed: error instanceof Error ? error.message : String(error) }));
    worker.postMessage(job);
  });
}

async function compileHere(job: CompileJob): Promise<Reply> {
  try {
    return job.kind === 'c'
      ? await compileLinked(job)
      : await (await import('./assemblyscript.ts')).compileAssemblyScript(job);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && MISSING.has(String(error.code));
    if (isMissing) return { missing: true };
    return { crashed: error instanceof Error ? error.message : String(error) };
  }
}

async function compileLinked(job: CompileJob): Promise<CompilerResult> {
  const { compileC } = await import('./clang.ts');
  const compiled = await compileC(job);
  if (compiled.module === undefined || job.component === undefined) return compiled;
  const { componentOf } = await import('../images/transpile-module.ts');
  return { ...compiled, module: await componentOf(compiled.module, job.component.processWit) };
}

const MISSING = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

if (!isMainThread && parentPort) {
  const port = parentPort;
  port.once('message', (job: CompileJob) => void compileHere(job).then((reply) => port.postMessage(reply)));
}
