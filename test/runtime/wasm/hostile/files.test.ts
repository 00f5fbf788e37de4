/** Ways out of the mounts, through them, and around what is read-only: every one against directories of this machine. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostNode } from '../../../../src/runtime/wasm/fs/host.ts';
import { HostMount, MADE_FILES_LIMIT } from '../../../../src/runtime/wasm/fs/host-mount.ts';
import { NodeIds } from '../../../../src/runtime/wasm/fs/node.ts';
import { rootLocation, walk } from '../../../../src/runtime/wasm/fs/tree.ts';
import { GuestRuntime } from '../guest-runtime.ts';

const SECRET = 'the secret of the host';

let guests: GuestRuntime;
let outside: string;
let volume: string;
let socket: Server;

beforeAll(async () => {
  guests = await GuestRuntime.open('virtual');
  outside = realpathSync(mkdtempSync(join(tmpdir(), 'podstep-hostile-')));
  volume = join(outside, 'volume');
  mkdirSync(join(volume, 'sub'), { recursive: true });
  writeFileSync(join(outside, 'secret'), SECRET);
  writeFileSync(join(volume, 'file'), 'in the volume');
  symlinkSync(join(outside, 'secret'), join(volume, 'absolute'));
  symlinkSync('../secret', join(volume, 'relative'));
  symlinkSync('/proc/self/cwd', join(volume, 'cwd'));
  symlinkSync('/proc/self/root', join(volume, 'host-root'));
  symlinkSync(outside, join(volume, 'sub/away'));
  execFileSync('mkfifo', [join(volume, 'fifo')]);
  socket = createServer().listen(join(volume, 'socket'));
}, 120_000);
afterAll(async () => {
  await guests.close();
  socket.close();
  rmSync(outside, { recursive: true, force: true });
});

const at = (readonly: boolean) => ({ mounts: [{ containerPath: '/data', hostPath: volume, readonly }] });
const untouched = () => {
  expect(readdirSync(outside).sort()).toEqual(['secret', 'volume']);
  expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe(SECRET);
};

test.each([
  ['show', '/data/cwd/package.json'],
  ['show', '/data/host-root/etc/passwd'],
  ['show', '/data/sub/away/secret'],
  ['show', '/data/sub/../../secret'],
  ['show', '/data/./.././data/../../secret'],
  ['show', '/../../../../../../etc/passwd'],
  ['show', '//etc//passwd'],
  ['show', '/data/file/../../secret'],
  ['show', '/data/fifo'],
  ['show', '/data/socket'],
  ['show', '/proc/self/environ'],
  ['show', '/proc/self/cmdline'],
  ['show', '/proc/1/root/etc/passwd'],
  ['show', '/dev/mem'],
  ['show', '/dev/fd/3'],
  ['list', '/data/sub/away'],
  ['store', '/data/absolute', 'changed'],
  ['store', '/data/sub/away/new', 'x'],
  ['mkdir', '/data/sub/away/new'],
  ['mv', '/data/file', '/data/sub/away/file'],
  ['mv', '/data/sub/away/secret', '/data/mine'],
  ['rm', '/data/sub/away/secret'],
  ['rmdir', '/data'],
  ['mv', '/data', '/elsewhere'],
  ['mv', '/data/file', '/tmp/file'],
  ['show', `/data/${'n'.repeat(256)}`],
  ['store', `/data/${'n'.repeat(256)}`, 'x'],
  ['show', `/data/${'d/'.repeat(2_100)}file`],
  ['store', '/data/new\nline/x', 'x'],
])('%s %s fails, and nothing outside is seen or touched', async (...words) => {
  const { exitCode, log } = await guests.run(words, at(false));
  expect(exitCode).not.toBe(0);
  expect(log).not.toContain(SECRET);
  expect(log).not.toMatch(/root:.*:0:0/);
  untouched();
});

describe('read-only is read-only', () => {
  test.each([
    ['store', '/data/file', 'changed'],
    ['append', '/data/file', 'changed'],
    ['store', '/data/new', 'x'],
    ['mkdir', '/data/new'],
    ['rm', '/data/file'],
    ['rm', '/data/absolute'],
    ['rmdir', '/data/sub'],
    ['mv', '/data/file', '/data/other'],
    ['mv', '/data/file', '/tmp/other'],
    ['mv', '/etc/hosts', '/data/hosts'],
    ['link', '/etc/hosts', '/data/link'],
  ])('%s %s', async (...words) => {
    const before = readdirSync(volume);
    expect((await guests.run(words, at(true))).log).toMatch(/Read-only file system|Cross-device|Invalid/);
    expect(readdirSync(volume)).toEqual(before);
    expect(readFileSync(join(volume, 'file'), 'utf8')).toBe('in the volume');
  });
});

test('a name that the host links to from elsewhere is the volume’s own', async () => {
  linkSync(join(volume, 'file'), join(volume, 'twice'));
  expect((await guests.run(['store', '/data/twice', 'in the volume'], at(false))).exitCode).toBe(0);
  rmSync(join(volume, 'twice'));
  untouched();
});

test('a directory and a symlink that change places a thousand times never show what lies outside', () => {
  const mount = new HostMount({ readonly: false, ids: new NodeIds(), now: () => 0, virtual: false });
  const root = hostNode(mount, volume);
  if (root?.kind !== 'directory') throw new Error('no volume');
  mkdirSync(join(volume, 'swap/inner'), { recursive: true });
  writeFileSync(join(volume, 'swap/secret'), 'in the volume');
  const location = rootLocation(root);
  for (let round = 0; round < 1_000; round++) {
    const held = walk(location, location, 'swap', true).node;
    renameSync(join(volume, 'swap'), join(volume, 'away'));
    symlinkSync(outside, join(volume, 'swap'));
    if (held?.kind !== 'directory') throw new Error('no directory');
    expect(() => held.lookup('secret')).toThrow('no-entry');
    expect(() => held.createFile('new', 0o644)).toThrow('no-entry');
    expect(() => walk(location, location, 'swap/secret', true)).toThrow('no-entry');
    rmSync(join(volume, 'swap'));
    renameSync(join(volume, 'away'), join(volume, 'swap'));
  }
  rmSync(join(volume, 'swap'), { recursive: true });
  untouched();
});

test('symlinks that unfold to a hundred thousand names take no time', async () => {
  const mount = new HostMount({ readonly: false, ids: new NodeIds(), now: () => 0, virtual: false });
  const directory = join(outside, 'volume/unfold');
  mkdirSync(directory);
  for (let level = 0; level < 40; level++) {
    symlinkSync(`l${level + 1}${'/.'.repeat(2_000)}`, join(directory, `l${level}`));
  }
  mkdirSync(join(directory, 'l40'));
  const root = hostNode(mount, directory);
  if (root?.kind !== 'directory') throw new Error('no directory');
  const location = rootLocation(root);
  const startMs = performance.now();
  expect(() => walk(location, location, 'l1', true)).toThrow('loop');
  expect(performance.now() - startMs).toBeLessThan(500);
  rmSync(directory, { recursive: true });
});

test('two hundred directories in each other are removed by the host', async () => {
  const { exitCode } = await guests.run(['deepen', '/data/deep', '200'], at(false));
  expect(exitCode).toBe(0);
  expect(existsSync(join(volume, 'deep'))).toBe(true);
  rmSync(join(volume, 'deep'), { recursive: true });
  expect(existsSync(join(volume, 'deep'))).toBe(false);
});

test('the files that one container may make through a mount have an end', () => {
  const mount = new HostMount({ readonly: false, ids: new NodeIds(), now: () => 0, virtual: false });
  mount.madeFiles = MADE_FILES_LIMIT - 1;
  const root = hostNode(mount, volume);
  if (root?.kind !== 'directory') throw new Error('no volume');
  root.createFile('last', 0o644);
  expect(() => root.createFile('more', 0o644)).toThrow('insufficient-space');
  expect(() => root.createDirectory('more', 0o755)).toThrow('insufficient-space');
  expect(() => root.createSymlink('more', 'x')).toThrow('insufficient-space');
  root.unlink('last');
  root.createFile('more', 0o644);
  root.unlink('more');
});
