import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuestRuntime } from './guest-runtime.ts';

let guests: GuestRuntime;
let host: string;

beforeAll(async () => {
  guests = await GuestRuntime.open('virtual');
  host = mkdtempSync(join(tmpdir(), 'podstep-files-'));
  mkdirSync(join(host, 'volume'));
  mkdirSync(join(host, 'nested'));
  writeFileSync(join(host, 'volume/old'), 'old\n');
  writeFileSync(join(host, 'nested/deep'), 'deep\n');
  writeFileSync(join(host, 'one.conf'), 'one file\n');
}, 120_000);

afterAll(async () => {
  await guests.close();
  rmSync(host, { recursive: true, force: true });
});

const mount = (containerPath: string, name: string, readonly = false) => ({
  containerPath,
  hostPath: join(host, name),
  readonly,
});

test('a read-write mount is read and written, and the host sees it', async () => {
  const mounts = [mount('/data', 'volume')];
  expect((await guests.run(['show', '/data/old'], { mounts })).log).toBe('old');
  expect((await guests.run(['store', '/data/new', 'new'], { mounts })).exitCode).toBe(0);
  expect((await guests.run(['append', '/data/new', ' and more'], { mounts })).exitCode).toBe(0);
  expect(readFileSync(join(host, 'volume/new'), 'utf8')).toBe('new and more');
  expect((await guests.run(['mkdir', '/data/sub'], { mounts })).exitCode).toBe(0);
  expect((await guests.run(['mv', '/data/new', '/data/sub/moved'], { mounts })).exitCode).toBe(0);
  expect((await guests.run(['list', '/data'], { mounts })).log.split('\n')).toEqual([
    '.',
    '..',
    'old',
    'sub',
  ]);
  expect((await guests.run(['rm', '/data/sub/moved'], { mounts })).exitCode).toBe(0);
  expect((await guests.run(['rmdir', '/data/sub'], { mounts })).exitCode).toBe(0);
});

test('a read-only mount can be read and not changed', async () => {
  const mounts = [mount('/data', 'volume', true)];
  expect((await guests.run(['show', '/data/old'], { mounts })).log).toBe('old');
  for (const words of [
    ['store', '/data/old', 'x'],
    ['store', '/data/new', 'x'],
    ['append', '/data/old', 'x'],
    ['mkdir', '/data/sub'],
    ['rm', '/data/old'],
    ['mv', '/data/old', '/data/other'],
  ]) {
    expect(await guests.run(words, { mounts })).toMatchObject({
      exitCode: 1,
      log: expect.stringMatching(/Read-only file system$/),
    });
  }
  expect(readFileSync(join(host, 'volume/old'), 'utf8')).toBe('old\n');
});

test('one file can be mounted, and a mount can lie in another one', async () => {
  const mounts = [
    mount('/data/inner', 'nested'),
    mount('/data', 'volume', true),
    mount('/etc/one.conf', 'one.conf'),
  ];
  expect((await guests.run(['show', '/etc/one.conf'], { mounts })).log).toBe('one file');
  expect((await guests.run(['show', '/data/inner/deep'], { mounts })).log).toBe('deep');
  expect((await guests.run(['list', '/data'], { mounts })).log).toContain('inner');
});

test('a mount whose host path is missing fails the creation', async () => {
  const failed = guests.start(['say', 'x'], { mounts: [mount('/data', 'absent')] });
  await expect(failed).rejects.toThrow(/stat .*absent: no such file or directory/);
});

test('the image’s files can be changed by one container, and the next has them as they were', async () => {
  expect((await guests.run(['store', '/bin/plain', 'changed'])).exitCode).toBe(0);
  expect((await guests.run(['show', '/bin/plain'])).log).toBe('not a program');
});

test('a read-only root takes no changes but in its mounts', async () => {
  const options = { readonlyRootfs: true, mounts: [mount('/data', 'volume')] };
  expect((await guests.run(['store', '/tmp/x', 'x'], options)).log).toMatch(/Read-only file system$/);
  expect((await guests.run(['store', '/data/x', 'x'], options)).exitCode).toBe(0);
  expect((await guests.run(['store', '/dev/termination-log', 'x'], options)).exitCode).toBe(0);
});

test('the working directory is made, and relative paths begin there', async () => {
  const { log } = await guests.run(['list', '/srv/app'], { workingDir: '/srv/app' });
  expect(log).toBe('.\n..');
});

test('the runtime’s own files say who the pod is', async () => {
  const sandboxId = await guests.sandbox();
  const { name } = (await guests.service.podSandboxStatus(sandboxId)).metadata;
  const ip = await guests.ip(sandboxId);
  expect((await guests.run(['show', '/etc/hostname'], { sandboxId })).log).toBe(name);
  expect((await guests.run(['show', '/etc/hosts'], { sandboxId })).log).toContain(`${ip}\t${name}`);
});

test('devices: null swallows, full refuses, stdout and the log of process 1 are the container’s log', async () => {
  expect(await guests.run(['store', '/dev/null', 'x'])).toEqual({ exitCode: 0, log: '' });
  expect((await guests.run(['show', '/dev/null'])).log).toBe('');
  expect((await guests.run(['store', '/dev/full', 'x'])).log).toMatch(/No space left on device$/);
  expect((await guests.run(['store', '/dev/stdout', 'there'])).log).toBe('there');
  const id = await guests.start(['sleep', '60000']);
  await guests.settle(guests.service.execSync(id, ['guest', 'store', '/proc/1/fd/1', 'from an exec\n'], 0));
  expect(await guests.log(id)).toBe('from an exec');
});

test('the termination message is the end of its file', async () => {
  const id = await guests.start(['store', '/dev/termination-log', `${'x'.repeat(5000)}end`]);
  await guests.exited(id);
  const message = await guests.settle(guests.service.terminationMessage(id));
  expect(message).toHaveLength(4096);
  expect(message.endsWith('xend')).toBe(true);
});

test('lines: both streams, a last one without an end, and a long one in parts', async () => {
  const id = await guests.start(['both', '0']);
  await guests.exited(id);
  const lines = await guests.service.containerLog(id);
  expect(lines.map(({ stream, text }) => [stream, text])).toEqual([
    ['stdout', 'out'],
    ['stderr', 'err'],
  ]);
  expect((await guests.run(['part', 'no newline'])).log).toBe('no newline');
  const long = await guests.start(['long', '40000']);
  await guests.exited(long);
  const parts = await guests.service.containerLog(long);
  expect(parts.map(({ text, partial }) => [text.length, partial])).toEqual([
    [16_384, true],
    [16_384, true],
    [7232, false],
  ]);
});

test('standard input is at its end, or open and silent when the pod asks for it', async () => {
  expect((await guests.run(['read'])).log).toBe('0');
  const id = await guests.start(['read'], { stdin: true });
  await guests.pass(60_000);
  expect(await guests.service.containerStatus(id)).toMatchObject({ state: 'CONTAINER_RUNNING' });
  await guests.settle(guests.service.stopContainer(id, 0));
  expect(await guests.log(id)).toBe('');
});
