import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { volumeUsage } from '../../src/engine/volume-usage.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'podstep-usage-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('every emptyDir is measured in whole blocks, with its directories', async () => {
  const data = join(root, 'uid-2', 'volumes', 'kubernetes.io~empty-dir', 'data');
  mkdirSync(join(data, 'inner'), { recursive: true });
  mkdirSync(join(root, 'uid-1', 'volumes', 'kubernetes.io~empty-dir', 'empty'), { recursive: true });
  writeFileSync(join(data, 'one'), 'x');
  writeFileSync(join(data, 'inner', 'two'), 'x'.repeat(5_000));
  expect(await volumeUsage(root)).toEqual([
    { podUid: 'uid-1', name: 'empty', usedBytes: 4_096, inodesUsed: 1 },
    { podUid: 'uid-2', name: 'data', usedBytes: 5 * 4_096, inodesUsed: 4 },
  ]);
});

test('where there is nothing, nothing is found', async () => {
  mkdirSync(join(root, 'uid-1'));
  expect(await volumeUsage(root)).toEqual([]);
  expect(await volumeUsage(join(root, 'none'))).toEqual([]);
});
