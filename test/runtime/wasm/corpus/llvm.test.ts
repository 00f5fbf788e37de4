/** LLVM, which no one here wrote, at work in containers: clang compiles, lld links, and what came out runs. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuestRuntime } from '../guest-runtime.ts';
import { imagesOf, programImage } from '../program-image.ts';

const LLVM = join(import.meta.dirname, '../../../../node_modules/@yowasp/clang/gen');
const PROGRAM = `#include <stdio.h>
int main(int argc, char **argv) {
  printf("compiled in a container, started as %s\\n", argv[0]);
  return 40 + argc;
}
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'podstep-llvm-'));
  for (const name of ['usr', 'work']) mkdirSync(join(folder, name));
  execFileSync('tar', ['-xf', join(LLVM, 'llvm-resources.tar'), '-C', join(folder, 'usr')]);
  writeFileSync(join(folder, 'work/hello.c'), PROGRAM);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('clang compiles a C program, lld links it, and it runs', { timeout: 300_000 }, async () => {
  const llvm = readFileSync(join(LLVM, 'llvm.core.wasm'));
  const image = await programImage('guest:1', { '/bin/clang': llvm, '/bin/wasm-ld': llvm });
  const tools = await GuestRuntime.open('wall', 1, { images: imagesOf(image) });
  const mounts = [
    { containerPath: '/usr', hostPath: join(folder, 'usr'), readonly: true },
    { containerPath: '/work', hostPath: join(folder, 'work'), readonly: false },
  ];
  const run = async (command: readonly string[]) => {
    const id = await tools.start([], { command, mounts, workingDir: '/work' });
    const { exitCode } = await tools.exited(id, 120_000);
    return { exitCode, log: await tools.log(id) };
  };
  const target = '--target=wasm32-wasip1';
  const libraries = '/usr/lib/wasm32-wasip1';
  const builtins = '/usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a';
  const failed = await run(['clang', target, '-c', '/work/none.c']);
  expect(failed).toEqual({ exitCode: 1, log: expect.stringContaining('no such file or directory') });
  const compile = ['clang', target, '--sysroot=/usr', '-Os', '-c', '-o', '/work/hello.o', '/work/hello.c'];
  expect(await run(compile)).toEqual({ exitCode: 0, log: '' });
  const inputs = [`${libraries}/crt1-command.o`, '/work/hello.o', `-L${libraries}`, '-lc', builtins];
  expect(await run(['wasm-ld', '-o', '/work/hello.wasm', ...inputs])).toEqual({ exitCode: 0, log: '' });
  await tools.close();

  const made = readFileSync(join(folder, 'work/hello.wasm'));
  const images = imagesOf(await programImage('guest:1', { '/bin/hello': made }));
  const guests = await GuestRuntime.open('virtual', 1, { images });
  expect(await guests.run([], { command: ['hello', 'you'] })).toEqual({
    exitCode: 42,
    log: 'compiled in a container, started as hello',
  });
  await guests.close();
});
