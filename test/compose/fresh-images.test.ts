import { expect, test } from 'vitest';
import { freshImages } from '../../src/compose/fresh-images.ts';

const ID = `sha256:${'a'.repeat(64)}`;

/** A store in which somebody has pulled `nginx` under two names before. */
function usedStore(): Parameters<typeof freshImages>[0] {
  const image = {
    id: ID,
    repoTags: ['docker.io/library/nginx:latest', 'docker.io/library/nginx:1.27'],
    repoDigests: [],
    sizeBytes: 500,
    pinned: false,
    standIn: true,
  };
  return {
    pullImage: async () => ID,
    imageStatus: async () => image,
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
