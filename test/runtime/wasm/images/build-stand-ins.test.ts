import { createHash } from 'node:crypto';
import { appendFile, readdir, readFile, rename, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildStandIns } from '../../../../src/runtime/wasm/images/build-stand-ins.ts';
import { openImageStore } from '../../../../src/runtime/wasm/images/store.ts';
import { type Fixture, makeFixture, PAUSE } from './fixture.ts';

const LONG_AGO_MS = 0;

let fixture: Fixture;
let built: string;
/** The folder of the one component that the fixture's images have. */
let folder: string;

beforeAll(async () => {
  fixture = await makeFixture();
  built = join(fixture.root, 'dist/stand-ins');
  await buildStandIns(built, fixture.workloads, LONG_AGO_MS);
  folder = join(built, (await readdir(built))[0] ?? '');
});

afterAll(() => fixture.remove());

async function contents(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).sort();
  const digests = names.map(async (name) =>
    createHash('sha256')
      .update(await readFile(join(directory, name)))
      .digest('hex'),
  );
  return Object.fromEntries((await Promise.all(digests)).map((digest, i) => [names[i], digest]));
}

interface Pulled {
  readonly phases: readonly string[];
  readonly files: Record<string, string>;
}

/** Pulls into an empty store. */
async function pull(builtDirectory: string): Promise<Pulled> {
  const directory = join(fixture.root, 'store');
  await rm(directory, { recursive: true, force: true });
  const store = await openImageStore({ directory, workloadsDirectory: fixture.workloads, builtDirectory });
  const phases = new Set<string>();
  await store.pullImage('one', ({ phase }) => phases.add(phase));
  expect(await store.compiled('one')).not.toBeNull();
  const [name = ''] = await readdir(join(directory, 'transpiled'));
  return { phases: [...phases], files: await contents(join(directory, 'transpiled', name)) };
}

const QUICK = ['resolving', 'copying', 'verifying', 'done'];
const WHOLE = ['resolving', 'copying', 'verifying', 'transpiling', 'done'];

describe('what the build has transpiled', () => {
  it('is what a pull would make, byte for byte, and spares it the transpiling', async () => {
    const slow = await pull(join(fixture.root, 'nothing'));
    const quick = await pull(built);
    expect(slow.phases).toEqual(WHOLE);
    expect(quick).toEqual({ phases: QUICK, files: slow.files });
    expect(Object.keys(quick.files)).toContain('component.js');
  });

  it('stays as it is when the build runs again, and leaves no lock', async () => {
    const module = join(folder, 'component.js');
    await utimes(module, 1000, 1000);
    await buildStandIns(built, fixture.workloads, LONG_AGO_MS);
    expect((await stat(module)).mtimeMs).toBe(1_000_000);
    expect(await readdir(join(fixture.root, 'dist'))).toEqual(['stand-ins']);
  });

  it('is made again when the rules have changed since', async () => {
    const before = await contents(folder);
    const module = join(folder, 'component.js');
    await utimes(module, 1000, 1000);
    await buildStandIns(built, fixture.workloads, (await stat(folder)).mtimeMs + 0.5);
    expect((await stat(module)).mtimeMs).toBeGreaterThan(1_000_000);
    expect(await contents(folder)).toEqual(before);
  });

  it('is left aside by a pull when it is damaged, incomplete, or made by another version', async () => {
    const { files } = await pull(built);
    const module = join(folder, 'component.js');
    const original = await readFile(module);
    await appendFile(module, ' ');
    expect(await pull(built)).toEqual({ phases: WHOLE, files });
    await unlink(module);
    expect(await pull(built)).toEqual({ phases: WHOLE, files });
    await writeFile(module, original);
    await rename(folder, `${folder}0`);
    expect(await pull(built)).toEqual({ phases: WHOLE, files });
    await rename(`${folder}0`, folder);
    expect((await pull(built)).phases).toEqual(QUICK);
  });

  it('is repaired by the next build, which takes away what nothing needs', async () => {
    const before = await contents(folder);
    await appendFile(join(folder, 'component.core.wasm'), 'x');
    await fixture.put('dist/stand-ins/0000-jco-0.0.1/component.js', '');
    await fixture.put('dist/stand-ins/1111.unfinished-1/component.js', '');
    await buildStandIns(built, fixture.workloads, LONG_AGO_MS);
    expect(await readdir(built)).toEqual([folder.slice(built.length + 1)]);
    expect(await contents(folder)).toEqual(before);
  });

  it('leaves out a component that is not the one that was noted', async () => {
    const other = await makeFixture();
    try {
      await other.put('workloads/built.json', JSON.stringify({ one: { componentSha256: '0'.repeat(64) } }));
      const directory = join(other.root, 'dist/stand-ins');
      await buildStandIns(directory, other.workloads, LONG_AGO_MS);
      const digest = createHash('sha256')
        .update(await readFile(PAUSE))
        .digest('hex');
      const names = await readdir(directory);
      expect(names).toEqual([expect.stringMatching(`^${digest}-`)]);
    } finally {
      await other.remove();
    }
  });
});
