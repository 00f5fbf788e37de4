/** `podstep images build`: from a folder to a store, and what is said of a folder that is not as it must be. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { images } from '../../src/cli/images.ts';
import type { Language } from '../../src/messages/index.ts';
import { openImageStore } from '../../src/runtime/wasm/images/store.ts';
import { imagesIo } from './images-io.ts';

let home: string;
let folder: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'podstep-build-'));
  folder = join(home, 'app');
});

afterEach(() => rm(home, { recursive: true, force: true }));

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

async function run(command: string, language: Language = 'en') {
  const { io, text } = imagesIo({ PODSTEP_HOME: home }, language);
  const code = await images(command.split(' '), io);
  return { code, ...text() };
}

const build = (options = '') => run(`build ${folder}${options}`);

const store = () => openImageStore({ directory: join(home, 'images') });

/** The eight bytes of an empty module. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

describe('a folder with C sources', () => {
  beforeEach(async () => {
    await put(
      'main.c',
      '#include <stdio.h>\n#include "inc/who.h"\nint main(void) { puts(WHO); return 3; }\n',
    );
    await put('inc/who.h', '#define WHO "C"\r\n');
    await put('rootfs/etc/motd', 'good day\n');
    await put(
      'image.yaml',
      [
        'name: team/hello',
        'version: 1.2.0',
        'base: busybox',
        'programs: [{ source: [main.c], paths: [/bin/hello, /bin/ls] }]',
        'files: [{ path: /data, directory: true, mode: 01777 }]',
        'env: [A=1]',
        'exposedPorts: [80/tcp]',
        'stopSignal: SIGQUIT',
        'user: "1000"',
      ].join('\n'),
    );
  });

  it('becomes an image on its base, with the same digest every time', { timeout: 60_000 }, async () => {
    const first = await build();
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^team\/hello:1\.2\.0 is built: sha256:[0-9a-f]{64}, \d+kB\n$/);
    const image = await (await store()).compiled('team/hello:1.2.0');
    expect(image?.config).toEqual({
      entrypoint: ['/bin/hello'],
      cmd: [],
      env: ['A=1'],
      workingDir: '/',
      user: '1000',
      stopSignal: 'SIGQUIT',
      exposedPorts: ['80/tcp'],
    });
    expect(image?.programs['/bin/ls']).toBe(image?.programs['/bin/hello']);
    expect(image?.programs['/bin/sh']?.digest).not.toBe(image?.programs['/bin/hello']?.digest);
    expect(image?.files).toContainEqual({ type: 'directory', path: '/data', mode: 0o1777 });
    expect(image?.files).toContainEqual(expect.objectContaining({ path: '/etc/motd', mode: 0o644 }));

    const again = await run(`build ${folder} -t other:2 -o json`);
    expect(JSON.parse(again.out).id).toBe(/sha256:\w+/.exec(first.out)?.[0]);
    expect((await run('ls')).out).toMatch(/team\/hello +1\.2\.0 .* built here/);
    expect((await run('ls -q')).out).toBe(`${/sha256:\w+/.exec(first.out)?.[0]}\n`);
  });

  it('is not built when it does not compile: the compiler says why', { timeout: 60_000 }, async () => {
    await put('main.c', 'int main(void) { return nothing; }\n');
    const { code, out, err } = await build();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^main\.c:1:25: error: use of undeclared identifier 'nothing'/);
    expect(err).toMatch(/\npodstep: the program does not compile\n$/);
    expect(await (await store()).listImages()).toEqual([]);
    expect(await readdir(join(home, 'images/blobs/sha256'))).toEqual([]);
  });
});

describe('a folder with AssemblyScript', () => {
  it('becomes an image; its sources may import each other', { timeout: 60_000 }, async () => {
    await put('main.ts', 'import { who } from "./lib/who";\nconsole.log("hello " + who());\n');
    await put('lib/who.ts', 'export function who(): string { return "you"; }\n');
    await put('image.yaml', 'name: hello\nprograms: [{ source: [main.ts], paths: [/hello] }]\n');
    expect(await build()).toMatchObject({ code: 0, out: expect.stringMatching(/^hello:latest is built/) });
    await put('lib/who.ts', 'export function who(): string { return 3; }\n');
    const { code, err } = await build();
    expect(code).toBe(1);
    expect(err).toMatch(/ERROR TS2322.*lib\/who\.ts\(1,40\)/s);
  });
});

describe('a ready program', () => {
  it.each([
    ['text', 'image.yaml:2:25: programs[0].component: .*app.wasm is no WebAssembly: build it for wasm32', 2],
    [EMPTY, 'the image cannot run: the module exports no _start, so it is a library', 1],
  ])('is refused when it cannot run, with what to do', async (bytes, problem, code) => {
    await put('app.wasm', bytes);
    await put(
      'image.yaml',
      'name: app\nprograms: [{ component: app.wasm, paths: [/app] }]\n'
        .replace(': [{', ':\n  - {')
        .replace('}]', '}'),
    );
    const found = await build();
    expect(found.code).toBe(code);
    expect(found.err).toMatch(new RegExp(problem.replace(':2:25', ':3:18').replaceAll('[', '\\[')));
    expect(await (await store()).listImages()).toEqual([]);
  });
});

const PROGRAM = 'programs: [{ component: a.wasm, paths: [/a] }]';

describe('an image.yaml', () => {
  it.each([
    ['', '1:1: the file is empty'],
    ['a', '1:1: needs a mapping'],
    ['name: a\n\tb: c', '2:1: .*found character that cannot start any token'],
    ['name: a', '1:1: nothing would run: add programs'],
    ['name: a\nname: b\nbase: busybox', '2:1: name: the field stands here a second time'],
    [`${PROGRAM}\n---\na: b`, '2:1: one file describes one image'],
    [`nam: a\n${PROGRAM}`, '1:1: nam: unknown field "nam": did you mean "name"\\?'],
    [`frobnicate: a\n${PROGRAM}`, '1:1: frobnicate: unknown field .*known here: name, version'],
    [`name: Hello\n${PROGRAM}`, '1:7: name: Hello:latest is no image name'],
    [`name: a:1\n${PROGRAM}`, '1:7: name: a:1 has a tag: write the tag as version'],
    [`name: a\nversion: 1.0\n${PROGRAM}`, '2:10: version: needs a text, not 1: put it in quotes'],
    ['base: nobody', '1:7: base: there is no workload "nobody" to build on: name one of agnhost, busybox'],
    ['programs: a', '1:11: programs: needs a list of mappings'],
    ['programs: [a]', '1:12: programs\\[0\\]: needs a mapping'],
    ['programs: [{ paths: [/a] }]', '1:12: programs\\[0\\]: a program needs either component'],
    ['programs: [{ component: a.wasm, source: [a.c], paths: [/a] }]', 'needs either component'],
    ['programs: [{ component: a.wasm }]', '1:12: programs\\[0\\].paths: a program needs paths'],
    ['programs: [{ component: /a.wasm, paths: [/a] }]', '1:25: .*component: "/a.wasm" is absolute'],
    ['programs: [{ source: [a.rs], paths: [/a] }]', '1:22: .*source: source takes .c files or .ts files'],
    ['programs: [{ source: [../a.c], paths: [/a] }]', '1:23: .*source\\[0\\]: "../a.c" does not lie below'],
    ['programs: [{ source: [a.c], paths: [/a] }]', '1:23: .*source\\[0\\]: there is no file .*a.c'],
    [
      'programs: [{ source: [a.c], libraries: [signal], paths: [/a] }]',
      '1:41: .*libraries\\[0\\]: "signal" is none of the libraries: serve, signals',
    ],
    ['programs: [{ source: [a.ts], libraries: [serve], paths: [/a] }]', 'libraries: libraries are C'],
    ['programs: [{ component: a.wasm, libraries: [serve], paths: [/a] }]', 'libraries: libraries are C'],
    [PROGRAM, '1:25: programs\\[0\\].component: there is no file .*a.wasm'],
    ['programs: [{ component: a.wasm, paths: [a/../b] }]', 'paths\\[0\\]: "a/../b" is no absolute path'],
    ['programs: [{ component: a, paths: [/a, /a] }]', 'paths: /a starts another program already'],
    [`${PROGRAM}\nenv: [A]`, '2:7: env\\[0\\]: "A" is no variable: write NAME=value'],
    [`${PROGRAM}\nenv: A=1`, '2:6: env: needs a list of texts'],
    [`${PROGRAM}\nuser: a b`, '2:7: user: "a b" is no user'],
    [`${PROGRAM}\nstopSignal: SIGFOO`, '2:13: stopSignal: "SIGFOO" is no signal'],
    [`${PROGRAM}\nexposedPorts: [0/tcp]`, '2:16: exposedPorts\\[0\\]: "0/tcp" is no port'],
    [`${PROGRAM}\nworkingDir: srv`, '2:13: workingDir: "srv" is no absolute path'],
    [`${PROGRAM}\nfiles: [{ content: a }]`, '2:9: files\\[0\\]: a file needs a path'],
    [`${PROGRAM}\nfiles: [{ path: /a }]`, '2:9: files\\[0\\]: needs one of directory: true, content'],
    [`${PROGRAM}\nfiles: [{ path: /a, directory: no }]`, 'directory: takes only true'],
    [`${PROGRAM}\nfiles: [{ path: /a, content: a, mode: 9000 }]`, 'mode: needs an octal number'],
    [`${PROGRAM}\nfiles: [{ path: /a, symlink: ${'a'.repeat(101)} }]`, 'symlink: the target of a link'],
  ])('%j is told its mistake at its place', async (text, problem) => {
    await put('image.yaml', text);
    const { code, out, err } = await build();
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(new RegExp(`^.*app/image\\.yaml:.*${problem}`, 'm'));
  });

  it('is told all its mistakes at once, in the order of the file, in Chinese too', async () => {
    await put('image.yaml', 'stopSignal: SIGFOO\nenv: A\nbase: busybox\n');
    const { err } = await run(`build ${folder}`, 'zh');
    expect(err.replaceAll(folder, '.')).toBe(
      './image.yaml:1:13: stopSignal: "SIGFOO" 不是 Linux 信号：请写 SIGTERM、SIGQUIT、SIGINT 等\n' +
        './image.yaml:2:6: env: 这里需要字符串列表，例如 [a, b]\n',
    );
  });

  it('has to be there, and the image has to have a name', async () => {
    expect(await build()).toMatchObject({ code: 1, err: expect.stringContaining('there is no') });
    await put('image.yaml', 'base: busybox\ncmd: [sh]\n');
    expect((await build()).err).toMatch(/the image has no name: add name to .* or give -t NAME/);
    expect(await build(' -t mine:1')).toMatchObject({ code: 0 });
    await expect(build(' -t Mine')).rejects.toMatchObject({ code: 'BAD_USAGE' });
  });
});
