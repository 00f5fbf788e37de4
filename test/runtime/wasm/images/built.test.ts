import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshImages } from '../../../../src/compose/fresh-images.ts';
import { type Artifact, assemble } from '../../../../src/runtime/wasm/images/artifact.ts';
import { readStandIns } from '../../../../src/runtime/wasm/images/stand-in.ts';
import { type Fixture, makeFixture } from './fixture.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await makeFixture();
});

afterEach(() => fixture.remove());

async function artifactOf(name: string): Promise<Artifact> {
  const standIn = (await readStandIns(fixture.workloads)).find((one) => one.name === name);
  if (standIn === undefined) throw new Error(`no stand-in ${name}`);
  return assemble(standIn, fixture.workloads);
}

describe('an image that was built here', () => {
  it('is pulled under its name without any registry, by every process', async () => {
    const id = await (await fixture.open()).addImage('localhost/mine:1', await artifactOf('two'));
    const store = await fixture.open();
    expect(await store.pullImage('localhost/mine:1')).toBe(id);
    expect(await store.compiled('localhost/mine:1')).toMatchObject({ id, repoTags: ['localhost/mine:1'] });
  });

  it('is on a node that begins without images, and is what its pull of the name means', async () => {
    const store = await fixture.open();
    const id = await store.addImage('example.com/mine:1', await artifactOf('two'));
    const images = freshImages(store, '/images');
    expect(await images.imageStatus('example.com/mine:1')).toMatchObject({ id });
    expect(await images.pullImage('example.com/mine:1')).toBe(id);
    expect(await images.compiled('example.com/mine:1')).toMatchObject({ id });
  });

  it('comes before the stand-in of the same name, until it is removed', async () => {
    const store = await fixture.open();
    const standIn = await store.pullImage('one:1');
    const id = await store.addImage('one:1', await artifactOf('two'));
    expect(id).not.toBe(standIn);
    expect(await store.pullImage('one:1')).toBe(id);
    await store.removeImage('one:1');
    expect(await store.pullImage('one:1')).toBe(standIn);
  });
});
