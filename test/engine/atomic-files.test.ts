import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeAtomically } from '../../src/engine/atomic-files.ts';
import type { Payload } from '../../src/machines/effects.ts';

let volume: string;
beforeEach(() => {
  volume = join(mkdtempSync(join(tmpdir(), 'podstep-atomic-')), 'volume');
});
afterEach(() => rmSync(join(volume, '..'), { recursive: true }));

const files = (texts: Readonly<Record<string, string>>, mode = 0o644): Payload =>
  Object.fromEntries(
    Object.entries(texts).map(([path, data]) => [path, { data, encoding: 'utf8', mode } as const]),
  );
const read = (path: string) => readFileSync(join(volume, path), 'utf8');

test('every name is seen through ..data, which leads to one version', async () => {
  await writeAtomically(volume, files({ a: '1', 'deep/b': '2' }, 0o440), '..one');
  expect(readdirSync(volume).sort()).toEqual(['..data', '..one', 'a', 'deep']);
  expect([readlinkSync(join(volume, 'a')), readlinkSync(join(volume, '..data'))]).toEqual([
    '..data/a',
    '..one',
  ]);
  expect([read('a'), read('deep/b')]).toEqual(['1', '2']);
  expect(statSync(join(volume, 'a')).mode & 0o777).toBe(0o440);
});

test('an update takes what is gone away, and leaves the version before nowhere', async () => {
  await writeAtomically(volume, files({ a: '1', b: '2' }), '..one');
  await writeAtomically(volume, files({ a: 'new', c: '3' }), '..two');
  expect(readdirSync(volume).sort()).toEqual(['..data', '..two', 'a', 'c']);
  expect(read('a')).toBe('new');
});

test('the same files again are not written again: a kubelet that has restarted finds them as they are', async () => {
  await writeAtomically(volume, files({ a: '1' }), '..one');
  const before = lstatSync(join(volume, 'a')).ino;
  await writeAtomically(volume, files({ a: '1' }), '..two');
  expect(existsSync(join(volume, '..two'))).toBe(false);
  expect(lstatSync(join(volume, 'a')).ino).toBe(before);
  await writeAtomically(volume, files({ a: '1' }, 0o600), '..three');
  expect(readlinkSync(join(volume, '..data'))).toBe('..three');
});

test('bytes are bytes', async () => {
  await writeAtomically(volume, { blob: { data: 'AAH/', encoding: 'base64', mode: 0o644 } }, '..one');
  expect([...readFileSync(join(volume, 'blob'))]).toEqual([0, 1, 255]);
});
