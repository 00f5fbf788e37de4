import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuestRuntime } from './guest-runtime.ts';

let guests: GuestRuntime;
let outside: string;
let volume: string;

beforeAll(async () => {
  guests = await GuestRuntime.open('virtual');
  outside = mkdtempSync(join(tmpdir(), 'podstep-sub-path-'));
  volume = join(outside, 'volume');
  mkdirSync(join(volume, 'sub'), { recursive: true, mode: 0o777 });
  writeFileSync(join(outside, 'secret'), 'the secret of the host');
  writeFileSync(join(volume, 'sub/file'), 'in the volume');
}, 120_000);

afterAll(async () => {
  await guests.close();
  rmSync(outside, { recursive: true, force: true });
});

const mounted = (path: string) => ({
  mounts: [
    {
      containerPath: '/data',
      hostPath: volume,
      readonly: false,
      subPath: { path, volumeName: 'v', bindPath: join(outside, 'held/0') },
    },
    { containerPath: '/all', hostPath: volume, readonly: false },
  ],
});

const refusal = async (path: string): Promise<{ message: string; reason: string }> =>
  guests.start(['show', '/data/secret'], mounted(path)).then(
    () => ({ message: 'it started', reason: '' }),
    ({ message, reason }) => ({ message, reason }),
  );

const PREPARE = /^failed to prepare subPath for volumeMount "v" of container "c\d+"$/;
const CREATE = /^failed to create subPath directory for volumeMount "v" of container "c\d+"$/;

test('a directory or a file below the volume is mounted', async () => {
  expect((await guests.run(['show', '/data/file'], mounted('sub'))).log).toBe('in the volume');
  expect((await guests.run(['show', '/data'], mounted('sub/file'))).log).toBe('in the volume');
});

test('missing directories are made, with the mode of the volume', async () => {
  expect((await guests.run(['store', '/data/new', 'x'], mounted('a/b/c'))).exitCode).toBe(0);
  expect(readFileSync(join(volume, 'a/b/c/new'), 'utf8')).toBe('x');
  const mode = (path: string) => statSync(path).mode & 0o777;
  expect(mode(join(volume, 'a/b'))).toBe(mode(volume));
});

test('a symlink that stays in the volume is followed', async () => {
  symlinkSync('sub', join(volume, 'honest'));
  expect((await guests.run(['show', '/data/file'], mounted('honest'))).log).toBe('in the volume');
});

test('a symlink that a guest put there mounts nothing of the host', async () => {
  expect((await guests.run(['link', outside, '/all/absolute'], mounted('sub'))).exitCode).toBe(0);
  expect((await guests.run(['link', '..', '/all/up'], mounted('sub'))).exitCode).toBe(0);
  for (const path of ['absolute', 'up', 'up/volume/../..', 'absolute/secret', '../secret', 'sub/../..']) {
    const { message, reason } = await refusal(path);
    expect(message).toMatch(PREPARE);
    expect(reason).toBe('CreateContainerConfigError');
  }
});

test('no directory is made outside either', async () => {
  symlinkSync(outside, join(volume, 'out'));
  symlinkSync(join(outside, 'dangling'), join(volume, 'dangling'));
  for (const path of ['out/made', 'out/made/too', 'dangling', 'dangling/made']) {
    expect((await refusal(path)).message).toMatch(CREATE);
  }
  expect((await refusal('sub/file/below')).message).toMatch(/subPath/);
  expect(existsSync(join(outside, 'made'))).toBe(false);
  expect(existsSync(join(outside, 'dangling'))).toBe(false);
});
