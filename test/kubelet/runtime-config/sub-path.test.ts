import { expect, test } from 'vitest';
import type { Container } from '../../../src/api/types.ts';
import { podOf, World } from '../world.ts';

const web: Container = { name: 'web', image: 'busybox:1.36', env: [{ name: 'WHO', value: 'me' }] };

function mounting(mount: object): World {
  const world = new World();
  const volumeMounts = [{ name: 'v', mountPath: '/v', ...mount }];
  world.apply(podOf({ volumes: [{ name: 'v', emptyDir: {} }], containers: [{ ...web, volumeMounts }] }));
  world.run(500);
  return world;
}

const created = (world: World) =>
  world.effects.flatMap((effect) => (effect.type === 'createContainer' ? effect.config.mounts : []));
const waiting = (world: World) => world.statuses.get('uid-1')?.containerStatuses?.[0]?.state?.waiting;

test('the runtime is told the volume and the path below it', () => {
  expect(created(mounting({ subPath: 'a/b' }))[0]).toMatchObject({
    containerPath: '/v',
    subPath: { path: 'a/b', volumeName: 'v' },
  });
  expect(created(mounting({ subPathExpr: 'of-$(WHO)' }))[0]?.subPath?.path).toBe('of-me');
  expect(created(mounting({}))[0]).not.toHaveProperty('subPath');
});

test.each([
  [{ subPathExpr: '$(NOBODY)/$(ALSO)' }, 'missing value for ALSO, NOBODY'],
  [{ subPath: '/etc' }, 'error SubPath `/etc` must not be an absolute path'],
  [{ subPath: 'a/../..' }, "unable to provision SubPath `a/../..`: must not contain '..'"],
])('%j is a configuration error', (mount, message) => {
  const world = mounting(mount);
  expect(created(world)).toEqual([]);
  expect(waiting(world)).toEqual({ reason: 'CreateContainerConfigError', message });
  expect(world.said('Failed')).toContain(`Error: ${message}`);
});

test('what the runtime refuses is the reason why the container waits', () => {
  const message = 'failed to prepare subPath for volumeMount "v" of container "web"';
  const world = new World();
  world.intercept = ({ type }) =>
    type === 'createContainer'
      ? { code: 'FailedPrecondition', message, reason: 'CreateContainerConfigError' }
      : undefined;
  world.apply(podOf({ containers: [web] }));
  world.run(500);
  expect(waiting(world)).toEqual({ reason: 'CreateContainerConfigError', message });
});
