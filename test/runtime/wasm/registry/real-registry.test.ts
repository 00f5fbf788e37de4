import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { PullProgress } from '../../../../src/runtime/port.ts';
import { type Fixture, makeFixture, readJson } from '../images/fixture.ts';
import {
  type Certificates,
  describeReal,
  makeCertificates,
  type RegistryProcess,
  startRegistry,
  USER,
} from './docker-registry.ts';
import { ISSUER, SERVICE, startTokenServer } from './token-server.ts';

let here: Fixture;
let there: Fixture;

beforeEach(async () => {
  [here, there] = await Promise.all([makeFixture(), makeFixture()]);
});

afterEach(() => Promise.all([here.remove(), there.remove()]));

const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail('it should have failed'),
    (error) => error,
  );

describeReal('a real registry', () => {
  let registry: RegistryProcess;

  beforeAll(async () => {
    registry = await startRegistry();
  });

  afterAll(() => registry.stop());

  it('gives back what was pushed, with the same digest, in another store', async () => {
    const store = await here.open();
    const id = await store.pullImage('two:1');
    const name = `${registry.host}/team/two:1`;
    const sent: PullProgress[] = [];
    expect(await store.pushImage('two:1', { as: name, onProgress: (one) => sent.push(one) })).toBe(id);
    expect(sent.at(-1)).toMatchObject({ phase: 'uploading', doneBytes: sent.at(-1)?.totalBytes });

    const other = await there.open();
    const seen: PullProgress[] = [];
    expect(await other.pullImage(name, (one) => seen.push(one))).toBe(id);
    expect([...new Set(seen.map(({ phase }) => phase))]).toEqual([
      'resolving',
      'downloading',
      'verifying',
      'transpiling',
      'done',
    ]);
    expect(await other.imageStatus(name)).toMatchObject({
      id,
      repoTags: [name],
      repoDigests: [`${registry.host}/team/two@${id}`],
    });
    const [mine, theirs] = await Promise.all([store.compiled('two:1'), other.compiled(name)]);
    expect(theirs?.config).toEqual(mine?.config);
    expect(theirs?.files).toEqual(mine?.files);
    expect(Object.keys(theirs?.programs ?? {})).toEqual(Object.keys(mine?.programs ?? {}));
  });

  it('is asked by digest too', async () => {
    const store = await here.open();
    const id = await store.pullImage('one');
    await store.pushImage('one', { as: `${registry.host}/one:2` });
    const name = `${registry.host}/one@${id}`;
    const other = await there.open();
    expect(await other.pullImage(name)).toBe(id);
    expect(await other.imageStatus(name)).toMatchObject({ repoTags: [], repoDigests: [name] });
    expect(await other.compiled(name)).toMatchObject({ id });
  });

  it("says in containerd's words what it does not have", async () => {
    const name = `${registry.host}/nobody/has:it`;
    const error = await failure((await here.open()).pullImage(name));
    expect(error).toMatchObject({ code: 'NotFound', reason: 'ErrImagePull' });
    expect(error.message).toBe(
      `failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${name}: not found`,
    );
  });
});

describeReal('a real registry that wants a password', () => {
  let registry: RegistryProcess;

  beforeAll(async () => {
    registry = await startRegistry({ basicAuth: true });
  });

  afterAll(() => registry.stop());

  it('gives an image to those who have it', async () => {
    const store = await here.open();
    const id = await store.pullImage('one');
    const name = `${registry.host}/private/one:1`;
    await store.pushImage('one', { as: name, auth: USER });
    expect(await (await there.open()).pullImage(name, undefined, USER)).toBe(id);
  });

  it('refuses all others', async () => {
    const store = await here.open();
    await store.pullImage('one');
    const name = `${registry.host}/private/one:1`;
    expect((await failure(store.pullImage(name))).message).toBe(
      `failed to pull and unpack image "${name}": failed to resolve reference "${name}": pull access denied, ` +
        'repository does not exist or may require authorization: authorization failed: no basic auth credentials',
    );
    const wrong = { ...USER, password: 'wrong' };
    expect((await failure(store.pullImage(name, undefined, wrong))).message).toBe(
      `failed to pull and unpack image "${name}": failed to resolve reference "${name}": unexpected status from HEAD ` +
        `request to http://${registry.host}/v2/private/one/manifests/1: 401 Unauthorized`,
    );
    expect((await failure(store.pushImage('one', { as: name }))).message).toBe(
      `failed to push image "${name}": push access denied, repository does not exist or may require authorization: ` +
        'authorization failed: no basic auth credentials',
    );
  });
});

/** Of an image in the store. */
async function configDigest(id: string): Promise<string> {
  const manifest = (await readJson(here.store, 'blobs/sha256', id.slice('sha256:'.length))) as {
    config: { digest: string };
  };
  return manifest.config.digest;
}

describeReal('a real registry with TLS', () => {
  let registry: RegistryProcess;
  let certificates: Certificates;
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'podstep-ca-'));
    certificates = makeCertificates(directory);
    registry = await startRegistry({ tls: certificates });
  });

  afterAll(async () => {
    await registry.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const folderOf = async (fixture: Fixture) => {
    const folder = join(fixture.root, 'certs.d', registry.host);
    await mkdir(folder, { recursive: true });
    return folder;
  };

  it('is trusted by its authority in certs.d, and not without', async () => {
    const store = await here.open();
    const id = await store.pullImage('one');
    const name = `${registry.host}/one:tls`;
    const folder = await folderOf(here);
    await writeFile(join(folder, 'hosts.toml'), 'skip_verify = false\n');
    expect((await failure(store.pushImage('one', { as: name }))).message).toBe(
      `failed to push image "${name}": failed to do request: Head "https://${registry.host}/v2/one/blobs/` +
        `${await configDigest(id)}": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    );
    await copyFile(certificates.authority, join(folder, 'ca.crt'));
    await writeFile(join(folder, 'hosts.toml'), `server = "https://${registry.host}"\nca = "ca.crt"\n`);
    await store.pushImage('one', { as: name });
    await copyFile(certificates.authority, join(await folderOf(there), 'ca.crt'));
    expect(await (await there.open()).pullImage(name)).toBe(id);
  });

  it('is trusted on loopback when nothing is configured', async () => {
    const store = await here.open();
    const id = await store.pullImage('one');
    await store.pushImage('one', { as: `${registry.host}/one:plain` });
    expect(await (await there.open()).pullImage(`${registry.host}/one:plain`)).toBe(id);
  });
});

describeReal('a real registry with a token server', () => {
  let registry: RegistryProcess;
  let tokens: Awaited<ReturnType<typeof startTokenServer>>;
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'podstep-tokens-'));
    const certificates = makeCertificates(directory);
    tokens = await startTokenServer(certificates, USER);
    const bundle = certificates.authority;
    registry = await startRegistry({
      token: { realm: tokens.realm, service: SERVICE, issuer: ISSUER, bundle },
    });
  });

  afterAll(async () => {
    await Promise.all([registry.stop(), tokens.stop()]);
    await rm(directory, { recursive: true, force: true });
  });

  it('takes what those push whom the token server knows, and gives it to everybody', async () => {
    const store = await here.open();
    const id = await store.pullImage('one');
    const name = `${registry.host}/team/one:1`;
    await store.pushImage('one', { as: name, auth: USER });
    // One token for the whole push.
    expect(tokens.asked).toEqual(['POST']);
    expect(await (await there.open()).pullImage(name)).toBe(id);
    expect(tokens.asked).toEqual(['POST', 'GET']);
  });

  it('takes nothing from others', async () => {
    const store = await here.open();
    await store.pullImage('one');
    const name = `${registry.host}/team/one:2`;
    expect((await failure(store.pushImage('one', { as: name }))).message).toMatch(
      /push access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed$/,
    );
    const wrong = { ...USER, password: 'wrong' };
    expect((await failure(store.pushImage('one', { as: name, auth: wrong }))).message).toBe(
      `failed to push image "${name}": failed to authorize: failed to fetch oauth token: unexpected status from POST ` +
        `request to ${tokens.realm}: 403 Forbidden`,
    );
  });
});
