import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GuestRuntime } from './guest-runtime.ts';

let guests: GuestRuntime;
let outside: string;
let volume: string;

beforeAll(async () => {
  guests = await GuestRuntime.open('virtual');
  outside = mkdtempSync(join(tmpdir(), 'podstep-outside-'));
  volume = join(outside, 'volume');
  mkdirSync(volume);
  writeFileSync(join(outside, 'secret'), 'the secret of the host');
  writeFileSync(join(volume, 'inside'), 'in the volume');
  symlinkSync('../secret', join(volume, 'relative'));
  symlinkSync(join(outside, 'secret'), join(volume, 'absolute'));
  symlinkSync('..', join(volume, 'up'));
  symlinkSync('/', join(volume, 'root'));
  symlinkSync('inside', join(volume, 'honest'));
  symlinkSync('loop', join(volume, 'loop'));
}, 120_000);

afterAll(async () => {
  await guests.close();
  rmSync(outside, { recursive: true, force: true });
});

describe('files', () => {
  const mounted = () => ({ mounts: [{ containerPath: '/data', hostPath: volume, readonly: false }] });

  test.each([
    '/data/../secret',
    '/data/../../../../../../../../etc/passwd',
    '/data/relative',
    '/data/absolute',
    '/data/up/secret',
    '/data/up/up/secret',
    '/etc/passwd',
    '/proc/self/environ',
    '/proc/1/root/etc/passwd',
  ])('%s is not there for a guest', async (path) => {
    const { exitCode, log } = await guests.run(['show', path], mounted());
    expect(exitCode).toBe(1);
    expect(log).toMatch(/No such file|Not a directory/);
  });

  test('the host’s absolute path names nothing in the container', async () => {
    const { exitCode } = await guests.run(['show', join(outside, 'secret')], mounted());
    expect(exitCode).toBe(1);
  });

  test('symlinks in a volume mean what they mean in the container', async () => {
    expect((await guests.run(['show', '/data/honest'], mounted())).log).toBe('in the volume');
    expect((await guests.run(['show', '/data/root/data/inside'], mounted())).log).toBe('in the volume');
    expect((await guests.run(['show', '/data/up/etc/hostname'], mounted())).log).toMatch(/^pod-/);
    expect((await guests.run(['show', '/data/loop'], mounted())).exitCode).toBe(1);
  });

  test('writing through a symlink does not reach the host either', async () => {
    await guests.run(['store', '/data/absolute', 'changed'], mounted());
    await guests.run(['store', '/data/relative', 'changed'], mounted());
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('the secret of the host');
  });

  test('a symlink that a guest makes leads nowhere outside', async () => {
    const { log } = await guests.run(['link', join(outside, 'secret'), '/data/mine'], mounted());
    expect(log).toBe('');
    expect((await guests.run(['show', '/data/mine'], mounted())).exitCode).toBe(1);
  });

  test('a directory cannot be moved out of its mount', async () => {
    const { exitCode } = await guests.run(['mv', '/data', '/tmp/data'], mounted());
    expect(exitCode).toBe(1);
  });
});

test('the environment is the image’s and the pod’s, never the host’s', async () => {
  process.env.PODSTEP_TEST_SECRET = 'of the host';
  const { log } = await guests.run(['env'], { envs: [{ key: 'GREETING', value: 'hi' }] });
  const names = log.split('\n').map((line) => line.split('=')[0]);
  expect(names.sort()).toEqual(['FROM_IMAGE', 'GREETING', 'HOME', 'HOSTNAME', 'PATH']);
});

describe('network', () => {
  test.each(['8.8.8.8', '127.0.1.1', '10.0.0.1', '169.254.169.254', '192.168.0.1'])(
    '%s is out of reach',
    async (address) => {
      const { exitCode, log } = await guests.run(['reach', address, '80']);
      expect([exitCode, log]).toEqual([1, 'Permission denied']);
    },
  );

  test('a pod cannot listen at an address that is not its own', async () => {
    const other = await guests.ip(await guests.sandbox());
    for (const address of [other, '10.0.0.1', '192.168.0.1']) {
      const { exitCode, log } = await guests.run(['serve', address, '80']);
      expect(exitCode).toBe(1);
      expect(log).toMatch(/^listen: /);
    }
  });

  test('what listens on a pod’s loopback is for that pod alone', async () => {
    const sandboxId = await guests.sandbox();
    const ip = await guests.ip(sandboxId);
    const server = await guests.start(['serve', '127.0.0.1', '8080'], { sandboxId });
    await guests.logged(server, 'listening');
    expect((await guests.run(['reach', '127.0.0.1', '8080'], { sandboxId })).log).toBe('connected');
    expect((await guests.run(['reach', ip, '8080'])).log).toBe('Connection refused');
    expect((await guests.run(['reach', '127.0.0.1', '8080'])).log).toBe('Connection refused');
  });
});

test('one container does not see another one’s files or processes', async () => {
  const sandboxId = await guests.sandbox();
  expect((await guests.run(['store', '/tmp/mine', 'x'], { sandboxId })).exitCode).toBe(0);
  expect((await guests.run(['show', '/tmp/mine'], { sandboxId })).exitCode).toBe(1);
});

describe('bounds', () => {
  test('processes', async () => {
    const { log } = await guests.run(['bomb']);
    expect(log).toBe('Resource temporarily unavailable');
  });

  test('the writable layer', async () => {
    const id = await guests.start(['sleep', '60000']);
    const { stdout } = await guests.settle(guests.service.execSync(id, ['guest', 'gorge', '/tmp/big'], 0));
    expect(stdout).toMatch(/^\d+ KiB: No space left on device\n$/);
    expect(Number.parseInt(stdout, 10)).toBeGreaterThan(32 << 10);
    const stats = await guests.settle(guests.service.containerStats(id));
    expect(stats.writableLayerBytes).toBeLessThanOrEqual(64 << 20);
    expect(stats.writableLayerBytes).toBeGreaterThan(32 << 20);
  });

  test('the log: a flood leaves the newest lines, and time goes on', async () => {
    const id = await guests.start(['flood']);
    await guests.pass(500);
    await guests.settle(guests.service.stopContainer(id, 0));
    const lines = await guests.service.containerLog(id);
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.length).toBeLessThanOrEqual(10_000);
  });
});
