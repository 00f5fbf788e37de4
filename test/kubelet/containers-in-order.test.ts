import { expect, test } from 'vitest';
import type { Container } from '../../src/api/types.ts';
import { podOf, World } from './world.ts';

const named = (name: string, more: Partial<Container> = {}): Container => ({
  name,
  image: 'busybox:1.36',
  imagePullPolicy: 'IfNotPresent',
  ...more,
});

const startedNames = (world: World) =>
  world.effects.flatMap((effect) => (effect.type === 'createContainer' ? [effect.config.metadata.name] : []));

const stops = (world: World) =>
  world.effects.flatMap((effect) =>
    effect.type === 'stopContainer'
      ? [[effect.owner.object.container, effect.atMs, effect.timeoutSeconds]]
      : [],
  );

test('init containers run one at a time, each after the end of the one before', () => {
  const world = new World();
  world.programs.set('one', { runsMs: 2_000 }).set('two', { runsMs: 2_000 });
  world.apply(podOf({ initContainers: [named('one'), named('two')], containers: [named('web')] }));
  world.run(1_500);
  expect(startedNames(world)).toEqual(['one']);
  expect(world.statuses.get('uid-1')?.containerStatuses?.[0]?.state).toEqual({
    waiting: { reason: 'PodInitializing' },
  });
  world.run(10_000);
  expect(startedNames(world)).toEqual(['one', 'two', 'web']);
  expect(world.pathOf('pod/uid-1')).toEqual([
    'Pending.Admitting',
    'Pending.MountingVolumes',
    'Pending.CreatingSandbox',
    'Pending.Initializing',
    'Pending.StartingContainers',
    'Running.NotReady',
    'Running.Ready',
  ]);
});

test('an init container that fails is restarted under back-off; under Never it fails the pod', () => {
  const always = new World();
  always.programs.set('one', { runsMs: 0, exitCode: 1 });
  always.apply(podOf({ initContainers: [named('one')], containers: [named('web')] }));
  always.run(15_000);
  expect(startedNames(always)).toEqual(['one', 'one', 'one']);
  expect(always.statuses.get('uid-1')?.phase).toBe('Pending');

  const never = new World();
  never.programs.set('one', { runsMs: 0, exitCode: 1 });
  never.apply(podOf({ restartPolicy: 'Never', initContainers: [named('one')], containers: [named('web')] }));
  never.run(15_000);
  expect(startedNames(never)).toEqual(['one']);
  expect(never.statuses.get('uid-1')?.phase).toBe('Failed');
});

test('a sidecar gates what follows by its startup probe, and goes on running', () => {
  const world = new World();
  let healthy = false;
  world.intercept = (effect) =>
    effect.type === 'execSync' && !healthy
      ? { type: 'exec', response: { stdout: '', stderr: '', exitCode: 1 } }
      : undefined;
  const startupProbe = { exec: { command: ['up'] }, periodSeconds: 1, failureThreshold: 100 };
  world.apply(
    podOf({
      initContainers: [named('proxy', { restartPolicy: 'Always', startupProbe })],
      containers: [named('web')],
    }),
  );
  world.run(10_000);
  expect(startedNames(world)).toEqual(['proxy']);
  healthy = true;
  world.run(5_000);
  expect(startedNames(world)).toEqual(['proxy', 'web']);
  expect(world.statuses.get('uid-1')?.phase).toBe('Running');
});

test('with the pod, sidecars are stopped last and in reverse order; hooks and waits come off the grace', () => {
  const world = new World();
  world.programs.set('web', { stopsAfterMs: 2_000 });
  world.programs.set('first', { stopsAfterMs: 500 }).set('second', { stopsAfterMs: 500 });
  world.apply(
    podOf({
      initContainers: [
        named('first', { restartPolicy: 'Always' }),
        named('second', { restartPolicy: 'Always' }),
      ],
      containers: [named('web', { lifecycle: { preStop: { sleep: { seconds: 3 } } } })],
    }),
  );
  world.run(20_000);
  world.delete('uid-1');
  world.run(30_000);
  expect(stops(world)).toEqual([
    ['web', 23_000, 27],
    ['second', 25_000, 25],
    ['first', 25_500, 25],
  ]);
  expect(world.pods.size).toBe(0);
});

test('a sidecar does not wait past the grace period', () => {
  const world = new World();
  world.programs.set('web', {}).set('proxy', { stopsAfterMs: 0 });
  world.apply(
    podOf({
      terminationGracePeriodSeconds: 5,
      initContainers: [named('proxy', { restartPolicy: 'Always' })],
      containers: [named('web')],
    }),
  );
  world.run(5_000);
  world.delete('uid-1');
  world.run(30_000);
  expect(stops(world)).toEqual([
    ['web', 5_000, 5],
    ['proxy', 10_000, 2],
  ]);
});

test('the postStart hook runs before the next container is created; a failing one kills the container', () => {
  const world = new World();
  world.tookMs = (effect) => (effect.type === 'execSync' ? 4_000 : 0);
  const lifecycle = { postStart: { exec: { command: ['warm-up'] } } };
  world.apply(podOf({ containers: [named('a', { lifecycle }), named('b')] }));
  world.run(10_000);
  expect(world.timesOf('createContainer')).toEqual([0, 4_000]);

  const failing = new World();
  failing.intercept = (effect) =>
    effect.type === 'execSync'
      ? { type: 'exec', response: { stdout: '', stderr: 'no', exitCode: 1 } }
      : undefined;
  failing.apply(podOf({ containers: [named('a', { lifecycle })] }));
  failing.run(500);
  expect(failing.said('FailedPostStartHook')).toEqual(['PostStartHook failed']);
  expect(failing.said('Killing')).toEqual(['FailedPostStartHook']);
  expect(failing.state.machines['uid-1']?.['container/uid-1/a']?.state).toBe('waiting.PostStartHookError');
});

test('when the regular containers are done, the sidecar is stopped and the pod has succeeded', () => {
  const world = new World();
  world.programs.set('job', { runsMs: 3_500 }).set('proxy', { stopsAfterMs: 1_000 });
  world.apply(
    podOf({
      restartPolicy: 'Never',
      initContainers: [named('proxy', { restartPolicy: 'Always' })],
      containers: [named('job')],
    }),
  );
  world.run(30_000);
  expect(stops(world).map(([name]) => name)).toEqual(['proxy']);
  expect(world.statuses.get('uid-1')?.phase).toBe('Succeeded');
  expect(startedNames(world)).toEqual(['proxy', 'job']);
});
