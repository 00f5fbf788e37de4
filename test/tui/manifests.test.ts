import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readManifests } from '../../src/api/manifest/read.ts';
import { type Manifests, manifestFiles, summaryOf } from '../../src/tui/manifests.ts';

const examples = fileURLToPath(new URL('../../tutorials/', import.meta.url));
let home: string;
let manifests: Manifests;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'podstep-manifests-'));
  await mkdir(join(home, 'mine'));
  for (const name of ['mine/a.yaml', 'mine/b.json', 'mine/notes.txt', '.hidden.yaml', 'top.yml']) {
    await writeFile(join(home, name), 'kind: Pod\n');
  }
  manifests = manifestFiles({
    examples,
    workingDirectory: home,
    read: async (path) => ({
      objects: [{ apiVersion: 'v1', kind: 'Path', metadata: { name: path } }],
      remarks: [],
    }),
  });
});
afterAll(() => rm(home, { recursive: true }));

describe('the manifests of the apply dialog', () => {
  it('are the examples at first, each with a summary in the language asked for', async () => {
    const english = await manifests.complete('', 'en');
    expect(english.length).toBeGreaterThanOrEqual(10);
    for (const { summary, path } of english) expect(summary, path).toMatch(/^[ -~]+$/);
    const chinese = await manifests.complete('examples/', 'zh');
    for (const { summary, path } of chinese) expect(summary, path).toMatch(/\p{Script=Han}/u);
  });

  it('are completed like paths in a shell', async () => {
    const paths = async (text: string) => (await manifests.complete(text, 'en')).map(({ path }) => path);
    expect(await paths('mi')).toEqual(['mine/']);
    expect(await paths('mine/')).toEqual(['mine/a.yaml', 'mine/b.json']);
    expect(await paths('./to')).toEqual(['./top.yml']);
    expect(await paths(`${home}/mine/b`)).toEqual([`${home}/mine/b.json`]);
    expect(await paths('.hid')).toEqual(['.hidden.yaml']);
    expect(await paths('no/such/dir/')).toEqual([]);
  });

  it('are read where they lie: a file of one’s own before an example of the same name', async () => {
    const name = async (path: string) => (await manifests.read(path)).objects[0]?.metadata.name;
    expect(await name('examples/02-crash-loop.yaml')).toBe(join(examples, 'examples/02-crash-loop.yaml'));
    expect(await name('top.yml')).toBe('top.yml');
  });

  it('that come along are all readable', async () => {
    for (const { path } of await manifests.complete('', 'en')) {
      const { errors, objects } = readManifests(await readFile(join(examples, path), 'utf8'), path);
      expect(errors, path).toEqual([]);
      expect(objects.length, path).toBeGreaterThan(0);
    }
  });

  it('without a comment are told by their kinds', () => {
    expect(summaryOf('kind: Pod\n---\nkind: Service\n', 'en')).toBe('Pod, Service');
    expect(summaryOf('# only English\nkind: Pod\n', 'zh')).toBe('only English');
  });
});
