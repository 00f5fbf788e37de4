/** The compilers' thread has bounds, and what a build takes from its folder has them too. */
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compile, packagesFor } from '../../../../src/runtime/wasm/build/compile.ts';
import { readRootFiles, readSources } from '../../../../src/runtime/wasm/build/folder.ts';
import { BuildProblem } from '../../../../src/runtime/wasm/build/problem.ts';

const job = (text: string) => ({ kind: 'c', units: ['main.c'], files: new Map([['main.c', text]]) }) as const;

describe('a compiler', () => {
  it('is ended when it takes too long', async () => {
    expect(await compile(job('int main(void) { return 0; }'), 20)).toEqual({
      ok: false,
      problem: { key: 'build.tooSlow', values: { seconds: 1 } },
      diagnostics: '',
    });
  });

  it('is named in the version that npm has to bring where it is missing', async () => {
    expect(await packagesFor('c')).toMatch(/^@yowasp\/clang@\d+\.\d+\.[\w.-]+$/);
    expect(await packagesFor('assemblyscript')).toMatch(
      /^assemblyscript@\d+\.\d+\.\d+ @assemblyscript\/wasi-shim@\d+\.\d+\.\d+$/,
    );
  });

  it('sees its sources and nothing else', { timeout: 60_000 }, async () => {
    const compiled = await compile(
      job('#include "/etc/hostname"\n#include "../secret.h"\nint main(void) {}\n'),
    );
    expect(compiled).toMatchObject({ ok: false, problem: { key: 'build.notCompiled' } });
    expect(compiled.diagnostics).toMatch(/'\/etc\/hostname' file not found/);
  });

  it('warns, and compiles all the same', { timeout: 60_000 }, async () => {
    const compiled = await compile(job('int main(void) { int unused = 1; return 0; }\n'));
    expect(compiled).toMatchObject({ ok: true, diagnostics: expect.stringMatching(/unused variable/) });
  });

  it('loads itself in silence', { timeout: 60_000 }, async () => {
    const told = vi.spyOn(console, 'log');
    const { compileC } = await import('../../../../src/runtime/wasm/build/clang.ts');
    expect((await compileC(job('int main(void) { return 0; }'))).module).toBeDefined();
    expect(told).not.toHaveBeenCalled();
  });

  it('of AssemblyScript does not see beyond the folder', { timeout: 60_000 }, async () => {
    const files = new Map([['main.ts', 'import { a } from "../../secret";\na();\n']]);
    const compiled = await compile({ kind: 'assemblyscript', units: ['main.ts'], files });
    expect(compiled).toMatchObject({ ok: false, diagnostics: expect.stringMatching(/secret.*not found/) });
  });
});

describe('a folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podstep-folder-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.skipIf(process.platform === 'win32')('gives its files in order, with what is executable', async () => {
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin/run'), '#!/bin/sh\n');
    await chmod(join(folder, 'bin/run'), 0o700);
    await writeFile(join(folder, 'about'), 'a');
    await symlink('/etc/passwd', join(folder, 'link'));
    expect(await readRootFiles(folder)).toEqual([
      { type: 'file', path: '/about', mode: 0o644, content: Buffer.from('a') },
      { type: 'directory', path: '/bin', mode: 0o755 },
      { type: 'file', path: '/bin/run', mode: 0o755, content: Buffer.from('#!/bin/sh\n') },
      { type: 'symlink', path: '/link', target: '/etc/passwd' },
    ]);
    await symlink('a'.repeat(101), join(folder, 'long'));
    await expect(readRootFiles(folder)).rejects.toMatchObject({ told: { key: 'build.longLinkFile' } });
    expect(await readRootFiles(join(folder, 'none'))).toEqual([]);
  });

  it('gives no more sources than a compiler can take', async () => {
    await writeFile(join(folder, 'a.c'), Buffer.alloc((16 << 20) + 1, ' '));
    await expect(readSources(folder, ['.c'])).rejects.toBeInstanceOf(BuildProblem);
    expect(await readSources(folder, ['.ts'])).toEqual(new Map());
  });
});
