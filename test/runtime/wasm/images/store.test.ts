import { spawn } from 'node:child_process';
import { appendFile, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PodstepError } from '../../../../src/lib/errors.ts';
import { type PullProgress, RuntimeError } from '../../../../src/runtime/port.ts';
import { openImageStore } from '../../../../src/runtime/wasm/images/store.ts';
import { type Fixture, makeFixture, readJson } from './fixture.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await makeFixture();
});

afterEach(() => fixture.remove());

function blobFile(digest: string): string {
  return join(fixture.store, 'blobs/sha256', digest.replace('sha256:', ''));
}

interface ManifestFile {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string; readonly mediaType: string; readonly size: number }[];
}

async function manifestOf(id: string): Promise<ManifestFile> {
  return (await readJson(blobFile(id))) as ManifestFile;
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.fail('it should have failed'),
    (error) => error,
  );
}

function pullInProcess(
  image: string,
  dieAt = '',
): Promise<{ signal: string | null; stdout: string; stderr: string }> {
  const script = join(import.meta.dirname, 'pull-in-process.ts');
  const child = spawn(process.execPath, [script, fixture.store, fixture.workloads, image, dieAt]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  return new Promise((resolve) => child.on('close', (_, signal) => resolve({ signal, stdout, stderr })));
}

describe('pulling', () => {
  it('brings an image that was not there, and tells how far it is', async () => {
    const store = await fixture.open();
    expect(await store.imageStatus('one')).toBeNull();
    expect(await store.listImages()).toEqual([]);
    const seen: PullProgress[] = [];
    const id = await store.pullImage('one', (progress) => seen.push(progress));
    expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
    const phases = seen.map((progress) => progress.phase);
    expect([...new Set(phases)]).toEqual(['resolving', 'copying', 'verifying', 'transpiling', 'done']);
    expect(phases).toEqual([...phases].sort((a, b) => phases.indexOf(a) - phases.indexOf(b)));
    for (const { doneBytes, totalBytes } of seen) expect(doneBytes).toBeLessThanOrEqual(totalBytes);
    expect(seen.at(-1)).toMatchObject({ image: 'one', phase: 'done' });
    expect(await store.imageStatus('one')).toMatchObject({
      id,
      repoTags: ['docker.io/library/one:latest'],
      repoDigests: [`docker.io/library/one@${id}`],
      pinned: false,
      standIn: true,
    });
  });

  it('keeps an OCI image layout', async () => {
    const store = await fixture.open();
    const id = await store.pullImage('one:3');
    expect(await readJson(fixture.store, 'oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' });
    expect(await readJson(fixture.store, 'index.json')).toMatchObject({
      schemaVersion: 2,
      manifests: [
        {
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          digest: id,
          annotations: { 'org.opencontainers.image.ref.name': 'docker.io/library/one:3' },
        },
      ],
    });
    const manifest = await manifestOf(id);
    expect(manifest.layers.map((layer) => layer.mediaType)).toEqual([
      'application/wasm',
      'application/vnd.oci.image.layer.v1.tar',
    ]);
    expect(await readJson(blobFile(manifest.config.digest))).toMatchObject({
      architecture: 'wasm',
      os: 'wasip2',
      layerDigests: manifest.layers.map((layer) => layer.digest),
      config: { Entrypoint: ['/bin/one'], StopSignal: 'SIGQUIT', ExposedPorts: { '80/tcp': {} } },
    });
  });

  it('gives one image under all the names that it was pulled by', async () => {
    const store = await fixture.open();
    const first = await store.pullImage('one:1');
    const second = await store.pullImage('registry.example/team/one:1.2');
    expect(second).toBe(first);
    expect(await store.listImages()).toHaveLength(1);
    expect(await store.imageStatus(first)).toMatchObject({
      repoTags: ['docker.io/library/one:1', 'registry.example/team/one:1.2'],
      repoDigests: [`docker.io/library/one@${first}`, `registry.example/team/one@${first}`],
    });
    expect(await store.imageStatus(`one@${first}`)).toMatchObject({ id: first });
    expect(await store.imageStatus('one:2')).toBeNull();
  });

  it('copies nothing the second time', async () => {
    const store = await fixture.open();
    await store.pullImage('one');
    const phases: string[] = [];
    await store.pullImage('one', ({ phase }) => phases.push(phase));
    expect(phases).toEqual(['resolving', 'done']);
  });

  it('gives the same digests for the same files, in any store', async () => {
    const other = await makeFixture();
    try {
      const ids = [
        await (await fixture.open()).pullImage('two'),
        await (await other.open()).pullImage('two'),
      ];
      expect(ids[1]).toBe(ids[0]);
    } finally {
      await other.remove();
    }
  });

  it.each(['redis:7', 'registry.k8s.io/etcd:3', `one@sha256:${'0'.repeat(64)}`])(
    'fails for %s, which has no stand-in, with the names that there are',
    async (image) => {
      const store = await fixture.open();
      const error = await failure(store.pullImage(image));
      expect(error).toBeInstanceOf(RuntimeError);
      expect(error).toMatchObject({ code: 'NotFound', reason: 'ErrImagePull' });
      expect(error.message).toContain('its own programs for one, two (all names: podstep images)');
      expect(error.message).toMatch(
        /it runs no other Linux programs, and pulls images of WebAssembly from their registries/,
      );
      expect(await store.imageStatus(image)).toBeNull();
    },
  );

  it.each([
    ['registry.example/team/one:9', 'registry.example'],
    ['example.com/no/such-image:1.0', 'example.com'],
    ['images.test:5000/x:1', 'images.test'],
  ])('asks no network for %s, a name that is kept for examples', async (image, host) => {
    const error = await failure((await fixture.open()).pullImage(image));
    const url = `https://${image.replace('/', '/v2/').replace(/:([^:]*)$/, '/manifests/$1')}`;
    expect(error).toMatchObject({ code: 'Unavailable', reason: 'ErrImagePull' });
    expect(error.message).toBe(
      `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ` +
        `failed to do request: Head "${url}": dial tcp: lookup ${host}: no such host`,
    );
  });

  it("refuses what is no image name in Kubernetes' words", async () => {
    const error = await failure((await fixture.open()).pullImage('<your-private-image>'));
    expect(error).toMatchObject({ code: 'InvalidArgument', reason: 'InvalidImageName' });
    expect(error.message).toContain(
      `couldn't parse image name "<your-private-image>": invalid reference format`,
    );
  });

  it('refuses a component that is not the one that was shipped', async () => {
    await fixture.put('workloads/built.json', JSON.stringify({ one: { componentSha256: '0'.repeat(64) } }));
    const store = await fixture.open();
    const error = await failure(store.pullImage('one'));
    expect(error).toMatchObject({ code: 'Unknown', reason: 'ErrImagePull' });
    expect(error.message).toMatch(
      /the source of one\/one\.wasm gave \d+ bytes with the digest .* instead of sha256:0000/,
    );
    expect(await store.imageStatus('one')).toBeNull();
  });

  it('refuses what is no component, and does not name the image', async () => {
    await fixture.put('workloads/one/one.wasm', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    const store = await fixture.open();
    expect((await failure(store.pullImage('one'))).message).toContain('failed to pull and unpack image');
    expect(await store.imageStatus('one')).toBeNull();
    // The thread that transpiles is in order for the next.
    await fixture.put('workloads/one/one.wasm', await readFile(join(fixture.workloads, 'two/two.wasm')));
    expect(await store.pullImage('one')).toMatch(/^sha256:/);
  });

  it('tells which field of an image.yaml is wrong', async () => {
    await fixture.put('workloads/two/image.yaml', 'name: two\nentrypiont: [x]\n');
    const error = await failure((await fixture.open()).pullImage('two'));
    expect(error.message).toContain('workloads/two/image.yaml has the unknown field "entrypiont"');
  });
});

describe('a compiled image', () => {
  it('holds configuration, files and programs', async () => {
    const store = await fixture.open();
    expect(await store.compiled('one')).toBeNull();
    const id = await store.pullImage('one');
    const image = await store.compiled(id);
    expect(image).toMatchObject({ id, repoTags: ['docker.io/library/one:latest'], standIn: true });
    expect(image?.config).toEqual({
      entrypoint: ['/bin/one'],
      cmd: ['--flag', 'a b'],
      env: ['A=1'],
      workingDir: '/srv',
      user: '1000',
      stopSignal: 'SIGQUIT',
      exposedPorts: ['80/tcp'],
    });
    const text = (content: Uint8Array) => new TextDecoder().decode(content);
    expect(
      image?.files.map((file) => (file.type === 'file' ? { ...file, content: text(file.content) } : file)),
    ).toEqual([
      { type: 'directory', path: '/bin', mode: 0o755 },
      { type: 'symlink', path: '/bin/link', target: '/bin/one' },
      { type: 'file', path: '/bin/one', mode: 0o755, content: '#!podstep one/one.wasm\n' },
      { type: 'file', path: '/bin/same', mode: 0o755, content: '#!podstep one/one.wasm\n' },
      { type: 'directory', path: '/etc', mode: 0o755 },
      { type: 'file', path: '/etc/motd', mode: 0o644, content: 'hello\n' },
      { type: 'directory', path: '/tmp', mode: 0o1777 },
    ]);
    const program = image?.programs['/bin/one'];
    expect(program?.digest).toBe((await manifestOf(id)).layers[0]?.digest);
    const module = await import(program?.modulePath ?? '');
    expect(module.instantiate).toBeTypeOf('function');
    for (const path of Object.values(program?.coreModulePaths ?? {}))
      expect(WebAssembly.validate(await readFile(path))).toBe(true);
    expect(Object.keys(program?.coreModulePaths ?? {})).toContain('component.core.wasm');
  });

  it('of a base has its files and programs, where it has none of its own', async () => {
    const store = await fixture.open();
    await store.pullImage('two');
    const image = await store.compiled('two');
    const contents = new Map(
      image?.files.flatMap((file) =>
        file.type === 'file' ? [[file.path, String(Buffer.from(file.content))]] : [],
      ),
    );
    expect(contents.get('/bin/same')).toBe('#!podstep two/two.wasm\n');
    expect(contents.get('/bin/one')).toBe('#!podstep one/one.wasm\n');
    expect(contents.get('/usr/share/two/index.html')).toBe('<p>two</p>\n');
    expect(Object.keys(image?.programs ?? {}).sort()).toEqual(['/bin/one', '/bin/same', '/bin/two']);
    expect(image?.config).toMatchObject({
      entrypoint: [],
      cmd: ['two'],
      stopSignal: 'SIGTERM',
      workingDir: '/',
    });
  });
});

describe('a store of another podstep', () => {
  type Notes = Readonly<Record<string, string>>;
  /** What those before it have noted: nothing, which programs ran there, and by which rules. */
  const notes: readonly Notes[] = [
    {},
    { 'podstep.components': '' },
    { 'podstep.components': '', 'podstep.rules': 'other' },
  ];

  async function writtenBy(notes: Notes): Promise<string> {
    const id = await (await fixture.open()).pullImage('one');
    const file = join(fixture.store, 'index.json');
    const index = (await readJson(file)) as { manifests: { annotations: Notes }[] };
    const name = 'org.opencontainers.image.ref.name';
    for (const entry of index.manifests)
      entry.annotations = { [name]: entry.annotations[name] ?? '', ...notes };
    await writeFile(file, JSON.stringify(index));
    return id;
  }

  it.each(notes)('runs every program that runs here, whatever ran there: %o', async (noted) => {
    const id = await writtenBy(noted);
    const image = await (await fixture.open()).compiled(id);
    expect(Object.keys(image?.programs ?? {})).toEqual(['/bin/one', '/bin/same']);
  });

  it.each(notes)('is put right by a pull: %o', async (noted) => {
    const id = await writtenBy(noted);
    const store = await fixture.open();
    await store.pullImage('one');
    const index = JSON.stringify(await readJson(fixture.store, 'index.json'));
    expect(index).toMatch(/"podstep.components":"sha256:/);
    expect(Object.keys((await store.compiled(id))?.programs ?? {})).toEqual(['/bin/one', '/bin/same']);
  });
});

describe('damage', () => {
  type Break = (file: string) => Promise<void>;
  const breaks: [string, Break][] = [
    ['cut', async (file) => truncate(file, 10)],
    ['too long', async (file) => appendFile(file, 'x')],
    ['missing', async (file) => rm(file)],
    [
      'flipped in one bit',
      async (file) => {
        const bytes = await readFile(file);
        bytes[5] = (bytes[5] ?? 0) ^ 1;
        await writeFile(file, bytes);
      },
    ],
  ];

  it.each(breaks)(
    'of a layer (%s) is noticed, told with its repair, and repaired by a pull',
    async (_, breakIt) => {
      const id = await (await fixture.open()).pullImage('one');
      const layer = (await manifestOf(id)).layers[1]?.digest ?? '';
      await breakIt(blobFile(layer));
      const store = await fixture.open();
      const error = await failure(store.compiled('one'));
      expect(error).toBeInstanceOf(PodstepError);
      expect(error).toMatchObject({
        code: 'STORE_CORRUPT',
        advice: expect.stringContaining('podstep images pull'),
      });
      expect(error.message).toContain(layer);
      await store.pullImage('one');
      expect(await store.compiled('one')).toMatchObject({ id });
    },
  );

  it.each(breaks)('of the manifest (%s) is noticed and repaired by a pull', async (_, breakIt) => {
    const id = await (await fixture.open()).pullImage('one');
    await breakIt(blobFile(id));
    const store = await fixture.open();
    expect(await failure(store.imageStatus('one'))).toMatchObject({ code: 'STORE_CORRUPT' });
    await store.pullImage('one');
    expect(await store.imageStatus('one')).toMatchObject({ id });
  });

  it('of the index is told with its repair', async () => {
    const store = await fixture.open();
    await store.pullImage('one');
    await writeFile(join(fixture.store, 'index.json'), '{"manifests":');
    expect(await failure(store.imageStatus('one'))).toMatchObject({
      code: 'STORE_CORRUPT',
      advice: expect.stringContaining('Delete that file'),
    });
  });

  it.each(breaks)('of a transpiled module (%s) only means to transpile again', async (_, breakIt) => {
    await (await fixture.open()).pullImage('one');
    const [name = ''] = await readdir(join(fixture.store, 'transpiled'));
    const file = join(fixture.store, 'transpiled', name, 'component.core.wasm');
    const before = await readFile(file);
    await breakIt(file);
    const image = await (await fixture.open()).compiled('one');
    expect(await readFile(image?.programs['/bin/one']?.coreModulePaths['component.core.wasm'] ?? '')).toEqual(
      before,
    );
  });
});

describe('processes that share the store', () => {
  it('pull the same image at once, and both have it', async () => {
    const [first, second] = await Promise.all([pullInProcess('one'), pullInProcess('one')]);
    expect([first.stderr, second.stderr]).toEqual(['', '']);
    expect(first.stdout).toBe(second.stdout);
    const store = await fixture.open();
    expect(await store.compiled('one')).toMatchObject({ id: first.stdout });
    expect((await readdir(fixture.store)).sort()).toEqual([
      'blobs',
      'index.json',
      'ingest',
      'leases',
      'oci-layout',
      'transpiled',
    ]);
  });

  it('pull different images at once, and none is lost', async () => {
    await Promise.all([pullInProcess('one:1'), pullInProcess('two:1'), pullInProcess('one:2')]);
    const images = await (await fixture.open()).listImages();
    expect(images.flatMap((image) => image.repoTags).sort()).toEqual(
      ['one:1', 'one:2', 'two:1'].map((name) => `docker.io/library/${name}`),
    );
  });

  it.each(['resolving', 'copying', 'verifying', 'transpiling'])(
    'that die while %s leave no half image',
    async (phase) => {
      const died = await pullInProcess('two', phase);
      expect(died.signal).toBe('SIGKILL');
      const store = await fixture.open();
      expect(await store.imageStatus('two')).toBeNull();
      const id = await store.pullImage('two');
      expect(await store.compiled('two')).toMatchObject({ id });
    },
  );
});

describe('removing', () => {
  it('takes every name of the image, and what only it needed', async () => {
    const store = await fixture.open();
    const one = await store.pullImage('one:1');
    await store.pullImage('one:2');
    const two = await store.pullImage('two');
    await store.removeImage('one:1');
    expect((await store.listImages()).map((image) => image.id)).toEqual([two]);
    await expect(stat(blobFile(one))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await store.compiled('two')).toMatchObject({ id: two });
    await store.removeImage(two);
    expect(await store.listImages()).toEqual([]);
    expect(await readdir(join(fixture.store, 'blobs/sha256'))).toEqual([]);
    expect(await readdir(join(fixture.store, 'transpiled'))).toEqual([]);
  });

  it('of an image that is not there changes nothing', async () => {
    const store = await fixture.open();
    await store.removeImage('one');
    await store.removeImage('one');
    expect(await store.listImages()).toEqual([]);
  });

  it('also takes what a crash left behind', async () => {
    const store = await fixture.open();
    await pullInProcess('two', 'copying');
    await store.pullImage('one');
    await fixture.put('store/blobs/sha256/abc.unfinished-1', 'x');
    await fixture.put('store/transpiled/abc.unfinished-1/x', 'x');
    await store.removeImage('one');
    expect(await readdir(join(fixture.store, 'blobs/sha256'))).toEqual([]);
    expect(await readdir(join(fixture.store, 'transpiled'))).toEqual([]);
  });
});

describe('a name that means another image now', () => {
  it('keeps the old one for a day, for those who run it, and no longer', async () => {
    const store = await fixture.open();
    const old = await store.pullImage('one');
    await fixture.put(
      'workloads/one/image.yaml',
      'name: one\nversion: "2"\ndescription: Later.\nnames: [one:*]\nprograms: []\n',
    );
    const newer = await fixture.open();
    expect(await newer.pullImage('one')).not.toBe(old);
    expect(await store.imageStatus(old)).toBeNull();
    await stat(blobFile(old));
    const longAgo = Date.now() / 1000 - 100_000;
    await utimes(blobFile(old), longAgo, longAgo);
    await newer.pullImage('one:other-tag');
    await expect(stat(blobFile(old))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a store that cannot be written', () => {
  it('says where it is and what to do', async () => {
    await fixture.put('file', 'in the way');
    const error = await failure(openImageStore({ directory: join(fixture.root, 'file', 'images') }));
    expect(error).toMatchObject({
      code: 'RUNTIME_UNAVAILABLE',
      advice: { key: 'store.unwritable' },
    });
    expect(error.message).toContain(join(fixture.root, 'file', 'images'));
  });
});

describe('the image file system', () => {
  it('counts what the store holds', async () => {
    const store = await fixture.open();
    const [before] = await store.imageFsInfo();
    await store.pullImage('one');
    const [after] = await store.imageFsInfo();
    expect(after).toMatchObject({ atMs: 1_700_000_000_000, mountpoint: fixture.store });
    expect((after?.usedBytes ?? 0) - (before?.usedBytes ?? 0)).toBeGreaterThan(40_000);
    expect(after?.inodesUsed).toBeGreaterThan(before?.inodesUsed ?? 0);
  });
});
