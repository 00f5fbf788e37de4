/** `podstep images push` and `pull` against a real registry that wants a password. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { images } from '../../src/cli/images.ts';
import {
  describeReal,
  type RegistryProcess,
  startRegistry,
  USER,
} from '../runtime/wasm/registry/docker-registry.ts';
import { imagesIo } from './images-io.ts';

const PAUSE = 'registry.k8s.io/pause:3.10';

let root: string;
let here: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'podstep-transfer-'));
  here = join(root, 'here');
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** As a person whose Docker configuration is `config`, with a store of their own. */
async function run(args: readonly string[], home: string = here, config?: unknown, isTerminal = false) {
  const docker = await mkdtemp(join(root, 'docker-'));
  if (config !== undefined)
    await writeFile(
      join(docker, 'config.json'),
      typeof config === 'string' ? config : JSON.stringify(config),
    );
  const { io, text } = imagesIo({ PODSTEP_HOME: home, DOCKER_CONFIG: docker });
  const code = await images(args, { ...io, isTerminal });
  return { code, ...text() };
}

describeReal('a registry with a password', () => {
  let registry: RegistryProcess;
  let name: string;
  const creds = `${USER.username}:${USER.password}`;
  const auth = Buffer.from(creds).toString('base64');

  beforeAll(async () => {
    registry = await startRegistry({ basicAuth: true });
    name = `${registry.host}/team/pause:1`;
    await run(['pull', PAUSE]);
  });

  afterAll(() => registry.stop());

  it('takes an image from who has it, and gives it to another store', async () => {
    const pushed = await run(['push', PAUSE, name, '--creds', creds]);
    expect(pushed).toMatchObject({ code: 0, err: '' });
    expect(pushed.out).toMatch(/^127\.0\.0\.1:\d+\/team\/pause:1 is pushed: sha256:[0-9a-f]{64}, /);
    const there = join(root, 'there');
    const pulled = await run(['pull', name, '--creds', creds, '-o', 'json'], there);
    expect(JSON.parse(pulled.out)).toMatchObject({ repoTags: [name] });
    expect(pushed.out).toContain(JSON.parse(pulled.out).id);
  });

  it("is opened by Docker's config.json too", async () => {
    const config = { auths: { [registry.host]: { auth } } };
    expect(await run(['push', PAUSE, name], here, config)).toMatchObject({ code: 0, err: '' });
    expect(await run(['pull', name], join(root, 'docker'), config)).toMatchObject({ code: 0, err: '' });
  });

  it('refuses all others in its own words', async () => {
    expect(await run(['push', PAUSE, name])).toEqual({
      code: 1,
      out: '',
      err:
        `podstep: failed to push image "${name}": push access denied, repository does not exist or may require ` +
        'authorization: authorization failed: no basic auth credentials\n' +
        `  -> check the name; if ${registry.host} wants a password, give --creds USER:PASSWORD\n`,
    });
    expect(await run(['pull', name], join(root, 'none'))).toMatchObject({ code: 1, out: '' });
    const wrong = await run(['pull', name, '--creds', 'learner:wrong'], join(root, 'none'));
    expect(wrong.err).toMatch(
      /^podstep: failed to pull and unpack image .*: 401 Unauthorized\n {2}-> check the name; if /,
    );
  });

  it('is not opened by a credential helper, and that is said', async () => {
    for (const config of [{ credsStore: 'pass' }, { credHelpers: { [registry.host]: 'pass' } }]) {
      const { code, err } = await run(['pull', name], join(root, 'none'), config);
      expect(code).toBe(1);
      expect(err).toMatch(
        /config\.json leaves the password for .* to docker-credential-pass, .*--creds USER:PASSWORD/,
      );
    }
  });

  it('is shown a bar in bytes on a terminal', async () => {
    const other = `${registry.host}/team/pause:bar`;
    const { err } = await run(['push', PAUSE, other, '--creds', creds], here, undefined, true);
    const lines = err.split('\r\u001b[K');
    expect(lines).toContainEqual(expect.stringMatching(/: uploading, ([\d.]+kB) of \1, \[#{20}\] 100%$/));
    expect(lines.at(-1)).toBe('');
  });
});

describe('push and pull', () => {
  beforeEach(() => mkdir(here, { recursive: true }));

  it('say what is not here', async () => {
    const { code, err } = await run(['push', 'nobody/has:it', 'localhost:1/has:it'], join(root, 'empty'));
    expect(code).toBe(1);
    expect(err).toBe(
      'podstep: failed to push image "localhost:1/has:it": image "nobody/has:it": not found\n',
    );
  });

  it.each([
    [['push', 'a', 'b', 'c'], 'takes a name and at most one other'],
    [['push'], 'needs the name of an image'],
    [['pull', 'a', '--creds', 'nobody'], '--creds needs USER:PASSWORD'],
    [['ls', '--creds', 'a:b'], 'podstep images ls does not take --creds'],
    [['pull', 'a', '-t', 'b'], 'podstep images pull does not take --tag'],
    [['build', 'a', '-q'], 'podstep images build does not take --quiet'],
    [['build'], 'needs the name|needs one folder'],
    [['build', 'a', 'b'], 'needs one folder with an image.yaml'],
    [['constructor', 'a'], 'unknown command "constructor"'],
  ])('refuse %j', async (args, problem) => {
    await expect(run(args)).rejects.toMatchObject({
      code: 'BAD_USAGE',
      message: expect.stringMatching(problem),
    });
  });

  it('refuse a configuration that cannot be read, rather than go on without its passwords', async () => {
    const docker = await mkdtemp(join(root, 'docker-'));
    await mkdir(join(docker, 'config.json'));
    const { io } = imagesIo({ PODSTEP_HOME: here, DOCKER_CONFIG: docker });
    await expect(images(['pull', PAUSE], io)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringMatching(/^cannot read .*config\.json: EISDIR/),
      advice: 'give --creds USER:PASSWORD, or set DOCKER_CONFIG to a folder that you may read',
    });
  });

  it('refuse a configuration that is no JSON', async () => {
    await expect(run(['pull', PAUSE], here, '{')).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringMatching(/config\.json is no JSON: correct it, or give --creds/),
    });
  });
});
