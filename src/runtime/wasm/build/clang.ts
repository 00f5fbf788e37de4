/** C by clang and lld, as `@yowasp/clang` brings them: with wasi-libc, from npm alone, the same bytes everywhere. */
import type { CompileJob, CompilerResult } from './compile.ts';

/** Optimised for size; one megabyte of stack, below the data so that running over it traps. */
const FLAGS = [
  '--target=wasm32-wasip1',
  '-std=gnu17',
  '-Os',
  '-Wall',
  '-fno-strict-aliasing',
  '-D_GNU_SOURCE',
  '-Wl,--strip-all',
  '-Wl,--stack-first',
  '-Wl,-z,stack-size=1048576',
];
const OUTPUT = 'program.wasm';

type Tree = { [name: string]: Tree | string };

/** What of a job concerns C. */
export type CJob = Pick<CompileJob, 'units' | 'files' | 'includes'>;

/**
 * Compiles and links one preview 1 module; `flags` come behind podstep's own.
 * @throws Error ERR_MODULE_NOT_FOUND where the compiler is not installed.
 */
export async function compileC(
  { units, files, includes = [] }: CJob,
  flags: readonly string[] = [],
): Promise<CompilerResult> {
  const { commands, Exit } = await import('@yowasp/clang');
  const decoder = new TextDecoder();
  let diagnostics = '';
  const options = {
    fetchProgress: () => undefined,
    stderr: (bytes: Uint8Array | null) => {
      if (bytes !== null) diagnostics += decoder.decode(bytes, { stream: true });
    },
  };
  let module: Uint8Array | undefined;
  const folders = [...includes, '.'].map((folder) => `-I${folder}`);
  try {
    // Without arguments it only loads itself, and is silent: beside a job it would tell on stdout how far it is.
    await commands.clang(undefined, {}, options);
    const all = [...FLAGS, ...flags, ...folders, '-o', OUTPUT, ...units];
    const made = await commands.clang(all, treeOf(files), options);
    const program = made?.[OUTPUT];
    if (program instanceof Uint8Array) module = program;
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
  }
  return { module, diagnostics };
}

function treeOf(files: ReadonlyMap<string, string>): Tree {
  const root: Tree = {};
  for (const [path, text] of files) {
    const parts = path.split('/');
    const name = parts.pop() ?? path;
    let folder = root;
    for (const part of parts) {
      const next = folder[part];
      const child: Tree = typeof next === 'object' ? next : {};
      folder[part] = child;
      folder = child;
    }
    folder[name] = text;
  }
  return root;
}
