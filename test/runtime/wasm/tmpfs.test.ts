import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GuestRuntime } from './guest-runtime.ts';

const MiB = 1 << 20;

let guests: GuestRuntime;
let volume: string;
beforeEach(async () => {
  guests = await GuestRuntime.open('virtual');
  volume = mkdtempSync(join(tmpdir(), 'podstep-tmpfs-'));
}, 120_000);
afterEach(async () => {
  await guests.close();
  rmSync(volume, { recursive: true, force: true });
});

/** A pod's volume of medium Memory at `/ram`. */
const inMemory = (sizeBytes: number) => ({
  mounts: [{ containerPath: '/ram', hostPath: volume, readonly: false, sizeBytes }],
});
const heldBytes = async (id: string) =>
  (await guests.settle(guests.service.containerStats(id))).memoryWorkingSetBytes;
const podBytes = async (id: string) =>
  (await guests.settle(guests.service.listPodSandboxStats({ id })))[0]?.memoryWorkingSetBytes ?? 0;

test('what it writes there is its memory: beyond its limit it is OOMKilled, and the file stays, for the pod', async () => {
  const sandboxId = await guests.sandbox();
  const options = { ...inMemory(256 * MiB), sandboxId, memoryLimitBytes: 16 * MiB };
  const hog = await guests.start(['gorge', '/ram/big'], options);
  expect(await guests.exited(hog)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  const { size } = statSync(join(volume, 'big'));
  expect(size).toBeGreaterThan(8 * MiB);
  expect(size).toBeLessThan(16 * MiB);
  expect(await podBytes(sandboxId)).toBe(Math.ceil(size / 4096) * 4096);
  // The next one finds it, and it is not its own.
  const next = await guests.start(['sleep', '600000'], { ...options, memoryLimitBytes: 0 });
  expect(readdirSync(volume)).toEqual(['big']);
  const [own, pod] = [await heldBytes(next), await podBytes(sandboxId)];
  expect(own).toBeLessThan(4 * MiB);
  expect(pod - own).toBe(Math.ceil(size / 4096) * 4096);
});

test('with limit enough its size bounds it: no space left on device, and what is removed is given back', async () => {
  const sandboxId = await guests.sandbox();
  const id = await guests.start(['sleep', '600000'], { ...inMemory(8 * MiB), sandboxId });
  const before = await heldBytes(id);
  expect(await guests.exec(id, 'gorge', '/ram/big')).toMatch(/^\d+ KiB: No space left on device$/);
  expect((await heldBytes(id)) - before).toBeLessThanOrEqual(8 * MiB);
  expect((await heldBytes(id)) - before).toBeGreaterThan(7 * MiB);
  await guests.exec(id, 'rm', '/ram/big');
  expect(await heldBytes(id)).toBe(before);
});

test('what an earlier container has written counts against the pod’s limit', async () => {
  const bounds = { cpuShares: 2, cpuQuota: 0, cpuPeriod: 100_000 };
  const sandboxId = await guests.sandbox({ ...bounds, memoryLimitBytes: 16 * MiB });
  const options = { ...inMemory(256 * MiB), sandboxId, memoryLimitBytes: 16 * MiB };
  for (const path of ['/ram/one', '/ram/two']) {
    const id = await guests.start(['gorge', path], options);
    expect(await guests.exited(id)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  }
  const sizes = readdirSync(volume).map((name) => statSync(join(volume, name)).size);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(16 * MiB);
});

test('another sandbox of the pod finds the files, and pays for them from the start', async () => {
  const first = await guests.sandbox();
  const writer = await guests.start(['sleep', '600000'], { ...inMemory(8 * MiB), sandboxId: first });
  await guests.exec(writer, 'gorge', '/ram/big');
  await guests.settle(guests.service.stopPodSandbox(first));
  const second = await guests.sandbox();
  const id = await guests.start(['sleep', '600000'], { ...inMemory(8 * MiB), sandboxId: second });
  expect((await podBytes(second)) - (await heldBytes(id))).toBeGreaterThan(7 * MiB);
});
