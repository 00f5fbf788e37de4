import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuestRuntime } from './guest-runtime.ts';

let guests: GuestRuntime;
let volume: string;
beforeAll(async () => {
  guests = await GuestRuntime.open('virtual');
  volume = mkdtempSync(join(tmpdir(), 'podstep-bounds-'));
}, 120_000);
afterAll(async () => {
  await guests.close();
  rmSync(volume, { recursive: true, force: true });
});

const mounted = () => ({ mounts: [{ containerPath: '/data', hostPath: volume, readonly: false }] });

test('files that a process has open', async () => {
  const { exitCode, log } = await guests.run(['open', '/etc/hosts']);
  expect(exitCode).toBe(0);
  expect(log).toMatch(/^\d+: (No file descriptors available|Out of memory)$/);
  expect(Number.parseInt(log, 10)).toBeLessThanOrEqual(4096);
});

test('files of the host that a container has open through a mount', async () => {
  await guests.run(['store', '/data/file', 'x'], mounted());
  const { log } = await guests.run(['open', '/data/file'], mounted());
  expect(log).toMatch(/: Out of memory$/);
  expect(Number.parseInt(log, 10)).toBeLessThanOrEqual(256);
});

test('files in the writable layer', async () => {
  const { log } = await guests.run(['litter', '/tmp']);
  expect(log).toBe('16384: No space left on device');
}, 60_000);

test('connections of a pod', async () => {
  const sandboxId = await guests.sandbox();
  const host = await guests.ip(sandboxId);
  await guests.logged(await guests.start(['serve', '0.0.0.0', '80'], { sandboxId }), 'listening');
  const { exitCode, log } = await guests.run(['dial', host, '80']);
  expect(exitCode).toBe(0);
  expect(Number.parseInt(log, 10)).toBeLessThanOrEqual(1024);
  // The server is still there for others.
  const request = { scheme: 'HTTP', host, port: 80, path: '/', headers: [] } as const;
  const { statusCode } = await guests.settle(guests.runtime.network.httpGet(request, 10));
  expect(statusCode).toBe(200);
});

test('timers and everything else that a process holds', async () => {
  const id = await guests.start(['timers']);
  const { exitCode } = await guests.exited(id);
  expect(exitCode).toBeGreaterThan(128);
  expect((await guests.log(id)).split('\n').at(-1)).toMatch(/^40\d\d$/);
});
