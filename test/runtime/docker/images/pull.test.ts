/** Images of a real Engine from a real registry that wants a password, and from one that does what a test wants. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EngineClient } from '../../../../src/runtime/docker/engine/client.ts';
import { dockerImages } from '../../../../src/runtime/docker/images/docker-images.ts';
import { PulledImages } from '../../../../src/runtime/docker/images/pulled-images.ts';
import { registryAuth } from '../../../../src/runtime/docker/images/registry-auth.ts';
import { ensurePauseImage } from '../../../../src/runtime/docker/pause/pause-image.ts';
import type { ImageService, PullProgress, RuntimeEvent } from '../../../../src/runtime/port.ts';
import { sha256 } from '../../../../src/runtime/wasm/images/digest.ts';
import { writeTar } from '../../../../src/runtime/wasm/images/tar.ts';
import { type RegistryProcess, startRegistry, USER } from '../../wasm/registry/docker-registry.ts';
import { FakeRegistry, json, TYPE } from '../../wasm/registry/fake-registry.ts';
import { connect, describeDocker, importBusybox } from '../engine-here.ts';

const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail('it should have failed'),
    (error) => error,
  );

describeDocker('the images of a Docker Engine', () => {
  const events: RuntimeEvent[] = [];
  let engine: EngineClient;
  let images: ImageService;
  let registry: RegistryProcess;
  let strange: FakeRegistry;
  let records = '';
  /** In the registry, and nowhere else. */
  let name = '';

  const untag = async (image: string) => {
    await engine.call('DELETE', `/images/${image}`, { query: { force: true } });
  };
  const push = async (image: string) => {
    const [repository = '', tag = ''] = image.split(/:(?=[^:/]*$)/);
    const options = { query: { tag }, headers: registryAuth(USER) };
    for await (const line of engine.lines<{ error?: string }>('POST', `/images/${repository}/push`, options))
      if (line.error !== undefined) throw new Error(line.error);
    await untag(image);
  };
  /** What a podstep that starts now would have. */
  const open = async () => {
    const node = { engine, info: await engine.info() };
    return dockerImages({ node, pulled: new PulledImages(records), tell: (event) => events.push(event) });
  };

  beforeAll(async () => {
    records = mkdtempSync(join(tmpdir(), 'podstep-pulled-'));
    [engine, registry, strange] = await Promise.all([
      connect(),
      startRegistry({ basicAuth: true }),
      new FakeRegistry().start(),
    ]);
    images = await open();
    name = `${registry.host}/team/tool:1`;
    await importBusybox(engine, name, 'one');
    await push(name);
  }, 60_000);

  afterAll(async () => {
    const left = await engine.call<readonly { Id: string; RepoTags: readonly string[] | null }[]>(
      'GET',
      '/images/json',
    );
    const own = (tag: string) => tag.startsWith(`${registry.host}/`) || tag.startsWith(`${strange.host}/`);
    for (const { Id, RepoTags } of left) if ((RepoTags ?? []).some(own)) await untag(Id);
    await Promise.all([registry.stop(), strange.stop()]);
    rmSync(records, { recursive: true });
  });

  it('are pulled with credentials, counted in bytes, and told by all their names', async () => {
    expect(await images.imageStatus(name)).toBeNull();
    const seen: PullProgress[] = [];
    const id = await images.pullImage(name, (progress) => seen.push(progress), USER);
    expect(seen[0]).toEqual({ image: name, phase: 'resolving', doneBytes: 0, totalBytes: 0 });
    const last = seen.at(-1);
    expect(last?.phase).toBe('done');
    expect(last?.doneBytes).toBe(last?.totalBytes);
    expect(last?.totalBytes).toBeGreaterThan(500_000);
    const image = await images.imageStatus(name);
    expect(image).toMatchObject({ id, repoTags: [name], pinned: false, standIn: false });
    expect(image?.repoDigests).toEqual([
      expect.stringMatching(`^${registry.host}/team/tool@sha256:[0-9a-f]{64}$`),
    ]);
    expect(image?.sizeBytes).toBeGreaterThan(1_900_000);
    expect(await images.imageStatus(id)).toEqual(image);
    expect(await images.imageStatus(image?.repoDigests[0] ?? '')).toEqual(image);
    expect(await images.listImages()).toContainEqual(image);
    const [usage] = await images.imageFsInfo();
    expect(usage?.usedBytes).toBeGreaterThanOrEqual(image?.sizeBytes ?? 0);
    expect(usage?.mountpoint).toMatch(/^\//);
  });

  it('that podstep has pulled are removed with all their names, also by a podstep that comes later', async () => {
    const id = await images.pullImage(name, undefined, USER);
    const again = await open();
    await again.removeImage(id);
    expect(await again.imageStatus(name)).toBeNull();
    expect((await again.listImages()).map((one) => one.id)).not.toContain(id);
    await again.removeImage(name);
  });

  it('that are somebody’s own are pinned, and are not removed', async () => {
    const own = `${registry.host}/own:1`;
    await importBusybox(engine, own, 'own');
    expect(await images.imageStatus(own)).toMatchObject({ pinned: true });
    const error = await failure(images.removeImage(own));
    expect(error).toMatchObject({ code: 'FailedPrecondition' });
    expect(error.message).toContain('was not pulled by podstep');
    await untag(own);
  });

  it('that podstep has pulled and somebody has named are theirs from then on', async () => {
    const id = await images.pullImage(name, undefined, USER);
    await engine.call('POST', `/images/${id}/tag`, { query: { repo: `${registry.host}/mine`, tag: '1' } });
    expect(await images.imageStatus(name)).toMatchObject({ pinned: true });
    await untag(`${registry.host}/mine:1`);
    expect(await images.imageStatus(name)).toMatchObject({ pinned: false });
    await images.removeImage(name);
  });

  it('that were there before podstep pulled them stay', async () => {
    await importBusybox(engine, `${registry.host}/there:1`, 'there');
    await engine.call('POST', `/images/${registry.host}/there:1/tag`, {
      query: { repo: `${registry.host}/team/there`, tag: '1' },
    });
    await push(`${registry.host}/team/there:1`);
    await images.pullImage(`${registry.host}/team/there:1`, undefined, USER);
    expect(await images.imageStatus(`${registry.host}/team/there:1`)).toMatchObject({ pinned: true });
  });

  it('for sandboxes are made from nothing, once, and are pinned', async () => {
    const node = { engine, info: await engine.info() };
    const pause = await ensurePauseImage(node);
    const image = await images.imageStatus(pause);
    expect(image).toMatchObject({ repoTags: [pause], pinned: true, user: '65535' });
    expect(await ensurePauseImage(node)).toBe(pause);
    expect((await images.imageStatus(pause))?.id).toBe(image?.id);
    await expect(ensurePauseImage({ engine, info: { ...node.info, Architecture: 's390x' } })).rejects.toThrow(
      'no pause program for s390x: name an image for it, such as registry.k8s.io/pause:3.10',
    );
  });

  it.each([
    ['no credentials', undefined, 'no basic auth credentials'],
    ['wrong ones', { username: 'learner', password: 'wrong' }, 'unauthorized: authentication required'],
  ])('are not given for %s', async (_, auth, words) => {
    const error = await failure(images.pullImage(name, undefined, auth));
    expect(error).toMatchObject({ code: 'Unknown', reason: 'ErrImagePull' });
    expect(error.message).toMatch(/^Error response from daemon: /);
    expect(error.message).toContain(words);
  });

  it('that the registry does not have are refused in the words of Docker', async () => {
    const missing = `${registry.host}/team/tool:nope`;
    const error = await failure(images.pullImage(missing, undefined, USER));
    expect(error).toMatchObject({ code: 'Unknown', reason: 'ErrImagePull' });
    expect(error.message).toBe(
      `Error response from daemon: manifest for ${missing} not found: manifest unknown: manifest unknown`,
    );
  });

  it('of a registry that nobody runs are refused', async () => {
    const error = await failure(images.pullImage('127.0.0.1:1/team/tool:1'));
    expect(error).toMatchObject({ reason: 'ErrImagePull' });
    expect(error.message).toContain('dial tcp 127.0.0.1:1: connect: connection refused');
  });

  it('of a registry that has no time are its fault, by a reason of its own', async () => {
    strange.behave = (_, response) => {
      response.writeHead(503).end();
      return true;
    };
    const error = await failure(images.pullImage(`${strange.host}/busy:1`));
    strange.behave = () => undefined;
    expect(error).toMatchObject({ reason: 'RegistryUnavailable' });
    expect(error.message).toMatch(
      /^RegistryUnavailable: Error response from daemon: .*503 Service Unavailable/,
    );
  });

  it('with a name that is none are not asked for', async () => {
    for (const call of [() => images.pullImage('Bad:1'), () => images.imageStatus('Bad:1')]) {
      expect(await failure(call())).toMatchObject({ code: 'InvalidArgument', reason: 'InvalidImageName' });
    }
  });

  it('of WebAssembly are refused with what to do', async () => {
    const config = { mediaType: TYPE.wasmConfig, bytes: json({ os: 'wasip2', architecture: 'wasm' }) };
    strange.image('wasm', config, [{ mediaType: TYPE.wasm, bytes: Buffer.from('\0asm') }]);
    const error = await failure(images.pullImage(`${strange.host}/app:wasm`));
    expect(error).toMatchObject({ reason: 'ErrImagePull' });
    expect(error.message).toContain('application/vnd.wasm.config.v0+json');
    expect(error.message).toContain('use --runtime wasm');
  });

  it('for another machine are pulled, and a person is told', async () => {
    const layer = await writeTar([
      { type: 'file', path: '/program', mode: 0o755, content: Buffer.from('for another') },
    ]);
    const config = json({
      os: 'linux',
      architecture: 's390x',
      config: {},
      rootfs: { type: 'layers', diff_ids: [sha256(layer)] },
    });
    const packed = { mediaType: `${TYPE.tar}+gzip`, bytes: gzipSync(layer) };
    strange.image('other', { mediaType: TYPE.config, bytes: config }, [packed]);
    const image = `${strange.host}/app:other`;
    await images.pullImage(image);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'imageOfOtherPlatform', image, platform: 'linux/s390x' }),
    );
    await images.removeImage(image);
  });
});
