import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const DOOR = join(import.meta.dirname, '../../src/cli/bin.mjs');
const MODULES = join(import.meta.dirname, '../../node_modules');
const WITHOUT_JSPI = ['--import', 'data:text/javascript,delete WebAssembly.Suspending'];
const PLATFORM = process.platform === 'win32' ? 'win' : process.platform;

/** A build that takes long says that it runs, and nothing else. */
const ONLY_A_WORD: string = expect.stringMatching(/^(podstep: building from the sources, a few seconds\n)?$/);

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'podstep-door-'));
  await put('package.json', '{"type":"module"}');
  await mkdir(join(root, 'src/cli'), { recursive: true });
  await copyFile(DOOR, join(root, 'src/cli/bin.mjs'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, content: string): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(nodeArguments: readonly string[], ...rest: readonly string[]): ChildProcess {
  const environment = { ...process.env, NODE_OPTIONS: '', PODSTEP_ON_BUNDLED_NODE: '' };
  return spawn(process.execPath, [...nodeArguments, join(root, 'src/cli/bin.mjs'), ...rest], {
    env: environment,
  });
}

function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (data) => (stdout += data));
  child.stderr?.on('data', (data) => (stderr += data));
  return new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
}

/** A "bundled Node": the real one, without the flag that takes JSPI away. */
async function putBundledNode(): Promise<void> {
  const name = `node_modules/node-${PLATFORM}-${process.arch}`;
  await put(`${name}/package.json`, '{}');
  const file = await put(`${name}/bin/node`, `#!/bin/sh\nshift 2\nexec "${process.execPath}" "$@"\n`);
  await chmod(file, 0o755);
}

describe('the door', () => {
  it('goes straight in on a Node that can run guests', async () => {
    await put('dist/cli/main.js', 'console.log(process.argv.slice(2).join("|")); process.exitCode = 7;');
    expect(await ended(start([], 'run', 'a b'))).toMatchObject({ code: 7, stdout: 'run|a b\n', stderr: '' });
  });

  it('goes on with the bundled Node when this one cannot, and ends as that ends', async () => {
    await put('dist/cli/main.js', 'console.log(process.argv.slice(2).join("|")); process.exitCode = 7;');
    await putBundledNode();
    expect(await ended(start(WITHOUT_JSPI, 'run', 'a b'))).toMatchObject({
      code: 7,
      stdout: 'run|a b\n',
      stderr: '',
    });
  });

  it('hands signals on to the bundled Node', async () => {
    await put(
      'dist/cli/main.js',
      'process.on("SIGTERM", () => { console.log("bye"); process.exit(3); }); setInterval(() => {}, 1000); console.log("up");',
    );
    await putBundledNode();
    const child = start(WITHOUT_JSPI);
    const end = ended(child);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.kill('SIGTERM');
    expect(await end).toMatchObject({ code: 3, stdout: 'up\nbye\n' });
  });

  it('tells a signalled end as shells do, with 128 and the number', async () => {
    await put('dist/cli/main.js', 'process.kill(process.pid, "SIGKILL");');
    await putBundledNode();
    expect(await ended(start(WITHOUT_JSPI))).toMatchObject({ code: 137 });
  });

  it('says in one line what is needed when there is no Node that can', async () => {
    await put('dist/cli/main.js', '');
    const { code, stdout, stderr } = await ended(start(WITHOUT_JSPI));
    expect([code, stdout, stderr.trimEnd().split('\n').length]).toEqual([1, '', 1]);
    expect(stderr).toContain('needs Node 26');
  });

  it('says in one line when the build is missing', async () => {
    const { code, stderr } = await ended(start([]));
    expect([code, stderr.trimEnd().split('\n').length]).toEqual([1, 1]);
  });
});

describe('a checkout', () => {
  beforeEach(async () => {
    await symlink(MODULES, join(root, 'node_modules'));
    const compilerOptions = {
      module: 'nodenext',
      rootDir: 'src',
      outDir: 'dist',
      incremental: true,
      types: ['node'],
    };
    const tsconfig = {
      compilerOptions: { ...compilerOptions, tsBuildInfoFile: 'dist/.tsbuildinfo' },
      include: ['src'],
    };
    await put('tsconfig.json', JSON.stringify(tsconfig));
    await put('src/cli/main.ts', 'const text: string = "first"; console.log(text);');
  });

  it('is compiled when it never was, and again after a change', async () => {
    expect(await ended(start([]))).toMatchObject({ code: 0, stdout: 'first\n', stderr: ONLY_A_WORD });
    const source = await put('src/cli/main.ts', 'console.log("second");');
    const later = Date.now() / 1000 + 5;
    await utimes(source, later, later);
    expect(await ended(start([]))).toMatchObject({ code: 0, stdout: 'second\n', stderr: ONLY_A_WORD });
  });

  it('is compiled also when somebody has only checked its types since', async () => {
    await ended(start([]));
    const later = Date.now() / 1000 + 5;
    await utimes(await put('src/cli/main.ts', 'console.log("second");'), later, later);
    const compiler = join(MODULES, 'typescript/bin/tsc');
    expect(await ended(spawn(process.execPath, [compiler, '-p', root, '--noEmit']))).toMatchObject({
      code: 0,
    });
    expect(await ended(start([]))).toMatchObject({ stdout: 'second\n' });
  });

  it('says so while it is built, and no longer once it is', async () => {
    const slow = 'setTimeout(() => {}, 1_000);';
    await put('src/runtime/wasm/images/build-stand-ins.ts', slow);
    expect((await ended(start([]))).stderr).toBe('podstep: building from the sources, a few seconds\n');
    expect((await ended(start([]))).stderr).toBe('');
  });

  it('is left alone when nothing changed', async () => {
    await ended(start([]));
    await put('dist/cli/main.js', 'console.log("as it was built");');
    expect(await ended(start([]))).toMatchObject({ stdout: 'as it was built\n' });
  });

  it('makes its stand-ins ready after it was compiled, and again when they were built anew', async () => {
    const log = join(root, 'dist/log');
    await put(
      'src/runtime/wasm/images/build-stand-ins.ts',
      `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(log)}, 'x'); process.exit(3);`,
    );
    for (const _ of ['first', 'again'])
      expect(await ended(start([]))).toMatchObject({ code: 0, stdout: 'first\n', stderr: ONLY_A_WORD });
    expect(await readFile(log, 'utf8')).toBe('x');
    const later = Date.now() / 1000 + 5;
    await utimes(await put('workloads/built.json', '{}'), later, later);
    expect(await ended(start([]))).toMatchObject({ code: 0, stdout: 'first\n', stderr: ONLY_A_WORD });
    expect(await readFile(log, 'utf8')).toBe('xx');
  });

  it('that does not compile shows the errors, and does so again', async () => {
    await put('src/cli/main.ts', 'const text: number = "first"; console.log(text);');
    for (const _ of ['first', 'again']) {
      const { code, stdout, stderr } = await ended(start([]));
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/src\/cli\/main\.ts.*TS2322/);
      expect(stderr).toContain('do not compile');
    }
  });
});
