import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EmptyDirs } from '../../src/engine/volume-usage.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'podstep-usage-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('every emptyDir is measured in whole blocks, with its directories', async () => {
  const [data, empty] = [join(root, 'data'), join(root, 'empty')];
  mkdirSync(join(data, 'inner'), { recursive: true });
  mkdirSync(empty);
  writeFileSync(join(data, 'one'), 'x');
  writeFileSync(join(data, 'inner', 'two'), 'x'.repeat(5_000));
  const emptyDirs = new EmptyDirs();
  emptyDirs.add(empty, { podUid: 'uid-1', volumeName: 'empty' });
  emptyDirs.add(data, { podUid: 'uid-2', volumeName: 'data' });
  expect(await emptyDirs.usage()).toEqual([
    { podUid: 'uid-1', name: 'empty', usedBytes: 4_096, inodesUsed: 1 },
    { podUid: 'uid-2', name: 'data', usedBytes: 5 * 4_096, inodesUsed: 4 },
  ]);
});

test('one that is gone takes nothing', async () => {
  const emptyDirs = new EmptyDirs();
  emptyDirs.add(join(root, 'gone'), { podUid: 'uid-1', volumeName: 'gone' });
  expect(await emptyDirs.usage()).toEqual([]);
});
