import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { directoryOf, lockHolder, openNodeHome, ownerOf } from '../../src/compose/node-home.ts';
import { ownIdentity } from '../../src/compose/process-identity.ts';

const place = mkdtempSync(join(tmpdir(), 'podstep-homes-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

test('a node is one podstep’s at a time, and free once that has closed it', async () => {
  const home = await openNodeHome('one', place);
  await expect(openNodeHome('one', place)).rejects.toMatchObject({ code: 'NODE_IN_USE' });
  expect((await lockHolder(home.directory))?.pid).toBe(process.pid);
  await home.close('kept');
  expect(await lockHolder(home.directory)).toBeUndefined();
  const again = await openNodeHome('one', place);
  await again.close('removed');
  expect(existsSync(again.directory)).toBe(false);
});

test('the lock of a podstep that has crashed is taken over, its files are left', async () => {
  const home = await openNodeHome('crashed', place);
  writeFileSync(join(home.directory, 'volume'), 'data');
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(join(home.directory, 'lock'), JSON.stringify({ ...ownIdentity(), pid }));
  expect(await lockHolder(home.directory)).toBeUndefined();
  const next = await openNodeHome('crashed', place);
  expect(existsSync(join(next.directory, 'volume'))).toBe(true);
  await next.close('removed');
});

test('a number that was given to another process since holds nothing', async () => {
  const home = await openNodeHome('reborn', place);
  const holder = { ...ownIdentity(), started: 'another boot/1' };
  writeFileSync(join(home.directory, 'lock'), JSON.stringify(holder));
  expect(await lockHolder(home.directory)).toBeUndefined();
  await home.close('removed');
});

test('a mark leads back to the directory, on the machine that gave it', () => {
  expect(directoryOf(ownerOf('/var/lib/podstep/nodes/a'))).toBe('/var/lib/podstep/nodes/a');
  expect(directoryOf(`not-${hostname()}:/var/lib/podstep/nodes/a`)).toBeUndefined();
});
