/** AssemblyScript by its own compiler, with its shim for WASI: console, process and Date mean the container's. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CompileJob, CompilerResult } from './compile.ts';

/** What the shim's own asconfig.json asks for. */
interface ShimConfig {
  readonly options: { readonly use: readonly string[]; readonly exportStart: string };
}

/** The compiler, as far as it is used here: its own types make AssemblyScript's globals those of every file. */
interface Compiler {
  main(
    args: readonly string[],
    io: {
      readonly stdout: Sink;
      readonly stderr: Sink;
      readonly readFile: (name: string, base: string) => string | null;
      readonly listFiles: (folder: string, base: string) => string[] | null;
      readonly writeFile: (name: string, contents: Uint8Array | string, base: string) => void;
    },
  ): Promise<{ readonly error: Error | null }>;
}

interface Sink {
  write(text: string | Uint8Array): void;
}

const COMPILER: string = 'assemblyscript/asc';
const OUTPUT = 'program.wasm';
/** Where the compiler asks for the shim's files; no folder of a build is called so. */
const SHIM = '~wasi-shim';

/** @throws Error ERR_MODULE_NOT_FOUND where the compiler or its shim is not installed. */
export async function compileAssemblyScript({ units, files }: CompileJob): Promise<CompilerResult> {
  const { main }: Compiler = await import(COMPILER);
  const shim = dirname(fileURLToPath(import.meta.resolve('@assemblyscript/wasi-shim/asconfig.json')));
  const { options }: ShimConfig = JSON.parse(readFileSync(join(shim, 'asconfig.json'), 'utf8'));
  let diagnostics = '';
  const made = new Map<string, Uint8Array>();
  const note: Sink = {
    write(text) {
      diagnostics += typeof text === 'string' ? text : new TextDecoder().decode(text);
    },
  };
  const uses = options.use.flatMap((one) => ['--use', one]);
  const { error } = await main(
    [
      ...units,
      '--lib',
      SHIM,
      ...uses,
      '--exportStart',
      options.exportStart,
      '-O',
      '--noColors',
      '-o',
      OUTPUT,
    ],
    {
      stdout: note,
      stderr: note,
      readFile: (name, base) =>
        base === SHIM ? textOf(join(shim, 'assembly', name)) : (files.get(name) ?? null),
      listFiles: (folder) => (folder === SHIM ? sourcesIn(join(shim, 'assembly')) : null),
      writeFile(name, contents) {
        if (contents instanceof Uint8Array) made.set(name, contents);
      },
    },
  );
  return { module: error === null ? made.get(OUTPUT) : undefined, diagnostics };
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.ts'));
}
