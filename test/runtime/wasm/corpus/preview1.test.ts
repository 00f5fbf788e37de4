/** The cases of WASI's public test programs for preview 1, restated (`sources/preview1.c`), on every kind of directory and clock. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuestRuntime } from '../guest-runtime.ts';
import { imagesOf, programImage } from '../program-image.ts';

const CASES = [
  'descriptors',
  'preopened',
  'directories',
  'paths',
  'opening',
  'seeking',
  'sizes and times',
  'links',
  'renaming',
  'listing',
  'waiting',
  'randomness',
];

let host: string;
beforeAll(() => {
  host = mkdtempSync(join(tmpdir(), 'podstep-preview1-'));
});
afterAll(() => rmSync(host, { recursive: true, force: true }));

const program = () => readFileSync(join(import.meta.dirname, 'programs/preview1.wasm'));

test.each([
  ['virtual', 'in memory', 'tmp'],
  ['virtual', 'on the host', 'data'],
  ['wall', 'in memory', 'tmp'],
  ['wall', 'on the host', 'data'],
] as const)('in %s time, %s', async (clock, _, directory) => {
  const images = imagesOf(await programImage('guest:1', { '/bin/preview1': program() }));
  const guests = await GuestRuntime.open(clock, 1, { images });
  const mounts = [{ containerPath: '/data', hostPath: host, readonly: false }];
  const { exitCode, log } = await guests.run([], { command: ['preview1', directory], mounts });
  expect({ exitCode, lines: log.split('\n') }).toEqual({
    exitCode: 0,
    lines: CASES.map((name) => `${name}: as asked`),
  });
  expect(readdirSync(host)).toEqual([]);
  await guests.close();
});
