import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '../../../../src/runtime/wasm/images/lock.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'podstep-lock-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

describe('the lock of a directory', () => {
  it('lets one in at a time, all of them in the end, and leaves nothing', async () => {
    let inside = 0;
    let most = 0;
    const enter = () =>
      withLock(directory, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
      });
    await Promise.all([enter(), enter(), enter(), enter()]);
    expect([most, inside]).toEqual([1, 0]);
    expect(await readdir(directory)).toEqual([]);
  });

  it('is given back when the work fails', async () => {
    await expect(withLock(directory, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(directory, async () => 'yes')).toBe('yes');
  });

  it('is taken from a process that has died', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await writeFile(join(directory, 'lock'), `${pid} ${hostname()}`);
    expect(await withLock(directory, async () => 'mine')).toBe('mine');
    expect(await readdir(directory)).toEqual([]);
  });

  it('of another machine is taken when it is far too old', async () => {
    const lock = join(directory, 'lock');
    await writeFile(lock, `${process.pid} another-machine`);
    const longAgo = Date.now() / 1000 - 3600;
    await utimes(lock, longAgo, longAgo);
    expect(await withLock(directory, async () => 'mine')).toBe('mine');
  });
});
