import { expect, test } from 'vitest';
import { defaultConfiguration } from '../../../src/api/kubelet-configuration/defaulting.ts';
import { pod } from '../fixtures.ts';
import { podOf, World } from '../world.ts';

const told = (world: World) => world.events.map(({ reason, message }) => `${reason}: ${message}`);

test('a failed pull is told three times over, then waits; the cause stays in the waiting message', () => {
  const world = new World();
  world.intercept = (effect) =>
    effect.type === 'pullImage' ? { code: 'NotFound', message: 'no such image' } : undefined;
  world.apply(podOf({ containers: [{ name: 'app', image: 'nope:1', imagePullPolicy: 'IfNotPresent' }] }));
  world.run(5_000);
  expect(told(world)).toEqual([
    'Pulling: Pulling image "nope:1"',
    'Failed: Failed to pull image "nope:1": no such image',
    'Failed: Error: ErrImagePull',
    'BackOff: Back-off pulling image "nope:1"',
    'Failed: Error: ImagePullBackOff',
  ]);
  expect(world.statuses.get('uid-1')?.containerStatuses?.[0]?.state?.waiting).toEqual({
    reason: 'ImagePullBackOff',
    message: 'Back-off pulling image "nope:1": ErrImagePull: no such image',
  });
});

test('an image that is here is used, and may be', () => {
  const world = new World();
  world.images.add('busybox:1');
  world.apply(podOf({ containers: [{ name: 'app', image: 'busybox:1', imagePullPolicy: 'IfNotPresent' }] }));
  world.run(5_000);
  expect(told(world)).toEqual([
    'Pulled: Container image "busybox:1" already present on machine and can be accessed by the pod',
    'Created: Container created',
    'Started: Container started',
  ]);
});

test('under Never an image that is not here is never asked of a registry', () => {
  const world = new World();
  world.apply(podOf({ containers: [{ name: 'app', image: 'busybox:1', imagePullPolicy: 'Never' }] }));
  world.run(3_000);
  expect(world.effects.some(({ type }) => type === 'pullImage')).toBe(false);
  expect(world.statuses.get('uid-1')?.containerStatuses?.[0]?.state?.waiting?.reason).toBe(
    'ErrImageNeverPull',
  );
  expect(told(world)).toContain('Failed: Error: ErrImageNeverPull');
});

test.each([
  [{}, [0, 1_000, 2_000, 3_000]],
  [{ maxParallelImagePulls: 2 }, [0, 0, 1_000, 1_000]],
  [{ serializeImagePulls: false }, [0, 0, 0, 0]],
])('with %j images are pulled so many at a time', (settings, times) => {
  const world = new World(undefined, defaultConfiguration(settings));
  world.tookMs = ({ type }) => (type === 'pullImage' ? 1_000 : 0);
  for (const name of ['a', 'b', 'c', 'd']) {
    const containers = [{ name, image: `${name}:1`, imagePullPolicy: 'IfNotPresent' as const }];
    world.apply(pod({ containers }, { name, uid: name }));
  }
  world.run(10_000);
  expect(world.timesOf('pullImage')).toEqual(times);
  expect(world.state.images.queue).toEqual({ waiting: [], active: [] });
});
