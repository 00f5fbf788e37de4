import { expect, test } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../../src/api/kubelet-configuration/defaulting.ts';
import { podOf, World } from '../world.ts';

const MINUTE_MS = 60_000;
const full = { capacityBytes: 10_000, availableBytes: 500 };

/** The eviction manager would free the disk before the collector's time comes. */
const QUIET = { ...DEFAULT_CONFIGURATION, evictionHard: {} };

/** A pod that has used these images and is gone, and one that uses `busybox:1`. */
function usedWorld(...images: string[]): World {
  const world = new World(undefined, QUIET);
  for (const image of images) world.images.add(image);
  world.apply(podOf({ containers: [{ name: 'web', image: 'busybox:1' }] }));
  world.run(10 * MINUTE_MS + 1_000);
  return world;
}

const removed = (world: World) =>
  world.effects.flatMap((effect) => (effect.type === 'removeImage' ? [effect.image] : []));

test('below the high threshold nothing goes', () => {
  expect(removed(usedWorld('old:1'))).toEqual([]);
});

test('a full disk costs the images that nothing uses, and no more of them than needed', () => {
  const world = usedWorld('old:1', 'old:2', 'old:3');
  // 86 % of 10000 bytes: 600 bytes have to go, an image has 1000.
  world.imageFs = { capacityBytes: 10_000, availableBytes: 1_400 };
  world.run(5 * MINUTE_MS);
  expect(removed(world)).toEqual(['sha256:old:1']);
  expect(world.pathOf('storedImage/sha256:old:1')).toEqual(['stored', 'removing', 'removed']);
  expect(world.said('FreeDiskSpaceFailed')).toEqual([]);
});

test('when too little can go, the node says so at once, and from the second failure on that it failed', () => {
  const world = usedWorld('old:1');
  world.imageFs = full;
  world.run(5 * MINUTE_MS);
  const message =
    "Insufficient free disk space on the node's image filesystem (95% of 9.8 KiB used). " +
    'Failed to free sufficient space by deleting unused images (freed 1000 bytes). ' +
    'Investigate disk usage, as it could be used by active images, logs, volumes, or other data.';
  expect(world.said('FreeDiskSpaceFailed')).toEqual([message]);
  expect(world.said('ImageGCFailed')).toEqual([]);
  world.run(5 * MINUTE_MS);
  expect(world.said('ImageGCFailed')).toEqual([message.replace('1000 bytes', '0 bytes')]);
  expect([...world.images]).toEqual(['busybox:1']);
});

test('an image that cannot be removed keeps nobody from the next one', () => {
  const world = usedWorld('old:1', 'old:2');
  world.imageFs = full;
  world.intercept = (effect) =>
    effect.type === 'removeImage' && effect.image === 'sha256:old:1'
      ? { code: 'Unknown', message: 'read-only file system' }
      : undefined;
  world.run(10 * MINUTE_MS);
  expect([...world.images].sort()).toEqual(['busybox:1', 'old:1']);
  expect(world.said('ImageGCFailed')).toEqual([
    'wanted to free 1500 bytes, but freed 0 bytes space with errors in image deletion: rpc error: code = Unknown desc = read-only file system',
  ]);
});

test('an image is removed only when it is two minutes old', () => {
  const world = usedWorld();
  world.imageFs = full;
  world.run(4 * MINUTE_MS);
  world.images.add('fresh:1');
  world.run(MINUTE_MS);
  expect(removed(world)).toEqual([]);
  world.run(5 * MINUTE_MS);
  expect(removed(world)).toEqual(['sha256:fresh:1']);
});
