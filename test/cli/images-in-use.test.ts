/** `podstep images rm` beside another podstep that runs the image. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { images } from '../../src/cli/images.ts';
import { imagesIo } from './images-io.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');
const IMAGE = 'busybox:1.36';
const POD = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'app' },
  spec: { containers: [{ name: 'app', image: IMAGE, command: ['sleep', '3600'] }] },
});

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'podstep-in-use-'));
});

afterEach(() => rm(home, { recursive: true, force: true }));

async function remove(...more: readonly string[]) {
  const { io, text } = imagesIo({ PODSTEP_HOME: home });
  const code = await images(['rm', IMAGE, ...more], io);
  return { code, ...text() };
}

/** A podstep that has a container of the image; resolves once that runs. */
async function otherPodstep() {
  const child = spawn(process.execPath, [MAIN, 'run', '-', '--clock', 'wall'], {
    env: { ...process.env, PODSTEP_HOME: home, LANG: 'C.UTF-8' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(POD);
  // its output stays open: closed, it would end the other podstep before the test does
  let out = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      out += data;
      if (out.includes('Started container app') || out.includes('Container started')) resolve();
    });
    child.once('exit', () => reject(new Error(`the other podstep ended early: ${out}`)));
  });
  return child;
}

test.each(['SIGTERM', 'SIGKILL'] as const)('waits until the other has ended by %s', async (signal) => {
  const other = await otherPodstep();
  const ended = once(other, 'exit');
  try {
    expect(await remove()).toEqual({
      code: 1,
      out: '',
      err:
        `podstep: ${IMAGE} is in use by another podstep (process ${other.pid})\n` +
        '  -> end that one first, or give --force: what its containers have not loaded yet is then missing\n',
    });
  } finally {
    other.kill(signal);
    await ended;
  }
  expect(await readdir(join(home, 'images', 'leases'))).toHaveLength(signal === 'SIGKILL' ? 1 : 0);
  expect(await remove()).toEqual({ code: 0, out: `removed ${IMAGE}\n`, err: '' });
  expect(await readdir(join(home, 'images', 'leases'))).toEqual([]);
});

test('does not wait with --force', async () => {
  const other = await otherPodstep();
  const ended = once(other, 'exit');
  expect(await remove('--force')).toMatchObject({ code: 0, out: `removed ${IMAGE}\n` });
  other.kill();
  await ended;
});
