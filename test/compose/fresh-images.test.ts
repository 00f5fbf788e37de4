import { expect, test } from 'vitest';
import { freshImages } from '../../src/compose/fresh-images.ts';
import { type PullProgress, RuntimeError } from '../../src/runtime/port.ts';
import { asExchangeError, ExchangeError } from '../../src/runtime/wasm/registry/dial-error.ts';
import { AccessDenied } from '../../src/runtime/wasm/registry/registry-error.ts';

const ID = `sha256:${'a'.repeat(64)}`;

/** A store in which somebody has pulled `nginx` under two names before. */
function usedStore(pullFails?: Error): Parameters<typeof freshImages>[0] {
  const image = {
    id: ID,
    repoTags: ['docker.io/library/nginx:latest', 'docker.io/library/nginx:1.27'],
    repoDigests: [],
    sizeBytes: 500,
    pinned: false,
    standIn: true,
  };
  return {
    pullImage: async () => {
      if (pullFails) throw new RuntimeError('Unknown', 'failed to pull', { cause: pullFails });
      return ID;
    },
    imageStatus: async (ref) => (ref.startsWith('nginx') || ref === ID ? image : null),
    listImages: async () => [image],
    removeImage: async () => {},
    imageFsInfo: async () => [],
    compiled: async () => null,
    isBuilt: async (ref) => ref.startsWith('nginx:built'),
  };
}

test('what earlier runs pulled is not there, nor are the names that they used', async () => {
  const images = freshImages(usedStore(), '/images');
  expect(await images.imageStatus('nginx:1.27')).toBeNull();
  await images.pullImage('nginx:1.27');
  expect(await images.imageStatus('nginx')).toBeNull();
  expect(await images.imageStatus('nginx:1.27')).toMatchObject({
    repoTags: ['docker.io/library/nginx:1.27'],
  });
  expect(await images.imageStatus(ID)).not.toBeNull();
});

test('what was pulled takes room until it is removed', async () => {
  const images = freshImages(usedStore(), '/images');
  const used = async () => (await images.imageFsInfo())[0]?.usedBytes;
  expect(await used()).toBe(0);
  await images.pullImage('nginx:1.27');
  await images.pullImage('nginx');
  expect(await used()).toBe(500);
  await images.removeImage('nginx');
  expect([await used(), await images.listImages()]).toEqual([0, []]);
});

test('what a person has built is there without a pull, until it is removed', async () => {
  const images = freshImages(usedStore(), '/images');
  expect(await images.listImages()).toEqual([]);
  expect(await images.imageStatus('nginx:built')).toMatchObject({
    repoTags: ['docker.io/library/nginx:built'],
  });
  expect(await images.listImages()).toHaveLength(1);
  await images.removeImage('nginx:built');
  expect(await images.imageStatus('nginx:built')).toBeNull();
});

const system = (code: string) =>
  asExchangeError(
    Object.assign(new Error(code), { code, address: '192.0.2.1', port: 443, hostname: 'r.io' }),
  );

test.each([
  ['refuses connections', system('ECONNREFUSED')],
  ['has no name', system('ENOTFOUND')],
  ['cannot be routed to', system('ENETUNREACH')],
  ['is silent', new ExchangeError('dial tcp 192.0.2.1:443: i/o timeout', { isUnreachable: true })],
  ['was silent a moment ago', new Error('Head', { cause: new ExchangeError('', { isUnanswered: true }) })],
])('what was pulled before takes the place of a registry that %s', async (_, cause) => {
  const images = freshImages(usedStore(cause), '/images');
  const phases: string[] = [];
  const note = ({ phase }: PullProgress) => phases.push(phase);
  expect(await images.imageStatus('nginx:1.27')).toBeNull();
  expect(await images.pullImage('nginx:1.27', note)).toBe(ID);
  expect(await images.pullImage('nginx:1.27', note)).toBe(ID);
  expect(phases).toEqual(['offline']);
  expect(await images.imageStatus('nginx:1.27')).toMatchObject({ id: ID });
  expect(await images.imageStatus('nginx')).toBeNull();
  await expect(images.pullImage('other:1')).rejects.toThrow('failed to pull');
});

test.each([
  ['denied', new AccessDenied('no')],
  ['not trusted', system('CERT_HAS_EXPIRED')],
])('a pull that is %s fails, whatever was pulled before', async (_, cause) => {
  const images = freshImages(usedStore(cause), '/images');
  await expect(images.pullImage('nginx:1.27')).rejects.toThrow('failed to pull');
});

test('what was built and removed stays away, however often its name is asked for', async () => {
  const images = freshImages(usedStore(), '/images');
  await images.imageStatus('nginx:built');
  await images.removeImage('nginx:built');
  for (let index = 0; index < 500; index++) await images.imageStatus(`nginx:${index}`);
  expect(await images.imageStatus('nginx:built')).toBeNull();
});
