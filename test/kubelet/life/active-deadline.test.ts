import { expect, test } from 'vitest';
import type { Container } from '../../../src/api/types.ts';
import { podOf, World } from '../world.ts';

const app: Container = { name: 'app', image: 'busybox:1' };
const phases = (world: World) =>
  world.effects.flatMap((effect) => (effect.type === 'patchPodStatus' ? [effect.status] : []));

test('a pod that is active for longer than its deadline is killed and has failed', () => {
  const world = new World();
  world.programs.set('app', { stopsAfterMs: 500 });
  world.apply(podOf({ activeDeadlineSeconds: 20, containers: [app] }));
  world.run(19_000);
  expect(world.statuses.get('uid-1')?.phase).toBe('Running');
  world.run(5_000);
  expect(world.statuses.get('uid-1')).toMatchObject({
    phase: 'Failed',
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  });
  expect(world.timesOf('stopContainer')).toHaveLength(1);
  expect(world.said('DeadlineExceeded')[0]).toBe(
    'Pod was active on the node longer than the specified deadline',
  );
  expect(world.pathOf('pod/uid-1').at(-1)).toBe('Failed.Terminated');
});

test('the deadline counts while containers wait for their images too', () => {
  const world = new World();
  world.intercept = ({ type }) =>
    type === 'pullImage' ? { code: 'NotFound', message: 'nope:1 was not found' } : undefined;
  world.apply(podOf({ activeDeadlineSeconds: 20, containers: [app] }));
  world.run(25_000);
  expect(world.statuses.get('uid-1')).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
});

test('a pod that has succeeded before stays so', () => {
  const world = new World();
  world.programs.set('app', { runsMs: 19_500, exitCode: 0 });
  world.tookMs = ({ type }) => (type === 'stopPodSandbox' ? 5_000 : 0);
  world.apply(podOf({ activeDeadlineSeconds: 21, restartPolicy: 'Never', containers: [app] }));
  world.run(60_000);
  expect(world.statuses.get('uid-1')?.phase).toBe('Succeeded');
  expect(phases(world).some(({ reason }) => reason === 'DeadlineExceeded')).toBe(false);
});
