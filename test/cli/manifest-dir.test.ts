import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cli } from './cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'podstep-manifests-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const run = (...args: string[]) => cli(['run', '--runtime', 'fake', '--for', '5s', ...args]);

test('--manifest-dir: a file of a directory of this machine is a static pod', async () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'app', image: 'nginx' }] },
  };
  writeFileSync(join(directory, 'web.yaml'), JSON.stringify(pod));
  const { exitCode, out, err } = await run('--manifest-dir', directory);
  expect(err).toBe('');
  expect(exitCode).toBe(0);
  expect(out).toContain('the API server gets a mirror pod');
  expect(out).toMatch(/\nweb-node-1 +1\/1 +Running +0 /);
});

test('--manifest-dir: a directory that is not there is told, and nothing starts', async () => {
  const { exitCode, err } = await run('--manifest-dir', join(directory, 'nowhere'));
  expect(exitCode).toBe(2);
  expect(err).toBe(
    `podstep: cannot read ${join(directory, 'nowhere')}: ENOENT: no such file or directory\n` +
      `  -> check the name (a relative one is looked for in ${process.cwd()})\n`,
  );
});

test('--manifest-dir: so is a file in its place', async () => {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  const { exitCode, out, err } = await run('--manifest-dir', file);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toBe(
    `podstep: cannot read ${file}: ENOTDIR: not a directory\n  -> a part of this path is a file, where a folder is needed\n`,
  );
});
