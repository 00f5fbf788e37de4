import { expect, test } from 'vitest';
import type { Container } from '../../src/api/types.ts';
import { podOf, World } from './world.ts';

const web: Container = { name: 'web', image: 'busybox:1.36', imagePullPolicy: 'IfNotPresent' };
const preStop = { preStop: { exec: { command: ['nginx', '-s', 'quit'] } } };

test('preStop runs before the stop signal and takes its time off the grace period', () => {
  const world = new World();
  world.tookMs = (effect) => (effect.type === 'execSync' ? 10_000 : 0);
  world.apply(podOf({ containers: [{ ...web, lifecycle: preStop }] }));
  world.run(5_000);
  world.delete('uid-1');
  world.run(60_000);
  expect(world.timesOf('execSync')).toEqual([5_000]);
  expect(world.effects.find(({ type }) => type === 'stopContainer')).toMatchObject({
    atMs: 15_000,
    timeoutSeconds: 20,
  });
  expect(world.pathOf('container/uid-1/web')).toEqual([
    'waiting.ContainerCreating',
    'creating',
    'created',
    'starting',
    'running.started',
    'terminating.preStop',
    'terminating.preStopOver',
    'terminating.stopping',
    'terminating.TERM',
    'terminated.Error',
  ]);
});

test('a hook that outlasts the grace period is left behind, and the runtime still gets two seconds', () => {
  const world = new World();
  world.programs.set('web', {});
  world.tookMs = (effect) => (effect.type === 'execSync' ? 100_000 : 0);
  world.apply(podOf({ containers: [{ ...web, lifecycle: preStop }] }));
  world.run(5_000);
  world.delete('uid-1', 8);
  world.run(120_000);
  expect(world.effects.find(({ type }) => type === 'stopContainer')).toMatchObject({
    atMs: 13_000,
    timeoutSeconds: 2,
  });
  expect(world.pathOf('container/uid-1/web').slice(-3)).toEqual([
    'terminating.TERM',
    'terminating.KILL',
    'terminated.Error',
  ]);
  expect(world.pods.size).toBe(0);
});

test('a failing preStop hook is told, and the container is stopped all the same', () => {
  const world = new World();
  world.intercept = (effect) =>
    effect.type === 'execSync' ? { code: 'Unknown', message: 'no such command' } : undefined;
  world.apply(podOf({ containers: [{ ...web, lifecycle: preStop }] }));
  world.run(5_000);
  world.delete('uid-1');
  world.run(10_000);
  expect(world.said('FailedPreStopHook')).toEqual(['PreStopHook failed']);
  expect(world.pods.size).toBe(0);
});

test('after the containers come the sandbox, the volumes, the object, and its directory in housekeeping', () => {
  const world = new World();
  const volumeMounts = [{ name: 'data', mountPath: '/data' }];
  world.apply(podOf({ containers: [{ ...web, volumeMounts }], volumes: [{ name: 'data', emptyDir: {} }] }));
  world.run(5_000);
  world.delete('uid-1');
  world.run(10_000);
  const order = world.effects
    .filter(({ atMs }) => atMs >= 5_000)
    .map(({ type }) => type)
    .filter((type) => /stop|unmount|removePodDir|deletePod/.test(type));
  expect(order).toEqual([
    'stopContainer',
    'stopPodSandbox',
    'unmountVolume',
    'deletePod',
    'removePodDirectory',
  ]);
});

test('while the pod ends, liveness and startup are probed no more', () => {
  const world = new World();
  world.programs.set('web', {});
  world.apply(
    podOf({
      containers: [
        {
          ...web,
          livenessProbe: { exec: { command: ['alive'] }, periodSeconds: 1 },
          readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 },
        },
      ],
    }),
  );
  world.run(5_000);
  world.delete('uid-1', 10);
  world.run(9_000);
  expect(world.timesOf('execSync').filter((atMs) => atMs > 5_000)).toEqual([]);
  expect(world.timesOf('httpGet').filter((atMs) => atMs > 6_000).length).toBeGreaterThan(5);
});

test('a second deletion with less grace cuts the first one short, never the other way round', () => {
  const ends = (second: number) => {
    const world = new World();
    world.programs.set('web', {});
    world.apply(podOf({ containers: [web] }));
    world.run(5_000);
    world.delete('uid-1', 20);
    world.run(5_000);
    world.delete('uid-1', second);
    world.run(60_000);
    return world.trace.find(({ event, to }) => event === 'ContainerSignalled' && to.endsWith('KILL'))?.atMs;
  };
  expect([ends(20), ends(60), ends(8), ends(1)]).toEqual([25_000, 25_000, 18_000, 12_000]);
});

test('less grace ends a hook that still runs', () => {
  const world = new World();
  world.tookMs = (effect) => (effect.type === 'execSync' ? 100_000 : 0);
  world.apply(podOf({ containers: [{ ...web, lifecycle: preStop }] }));
  world.run(5_000);
  world.delete('uid-1', 60);
  world.run(5_000);
  world.delete('uid-1', 7);
  world.run(60_000);
  expect(world.effects.find(({ type }) => type === 'stopContainer')).toMatchObject({ atMs: 17_000 });
  expect(world.pods.size).toBe(0);
});

test('a pod that is deleted before it ran ends as Failed, its containers as not to be found', () => {
  const world = new World();
  world.intercept = ({ type }) =>
    type === 'pullImage' ? { code: 'NotFound', message: 'no such image' } : undefined;
  world.apply(podOf({ containers: [web] }));
  world.run(5_000);
  world.delete('uid-1');
  world.run(10_000);
  expect(world.statuses.get('uid-1')?.phase).toBe('Failed');
  expect(world.statuses.get('uid-1')?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
    reason: 'ContainerStatusUnknown',
    exitCode: 137,
  });
  expect(world.pathOf('pod/uid-1').slice(-3)).toEqual([
    'Pending.Terminating',
    'Failed.Terminating',
    'Failed.Terminated',
  ]);
});

/** A pod with something of everything. */
const rich = podOf({
  terminationGracePeriodSeconds: 4,
  initContainers: [
    { ...web, name: 'init' },
    { ...web, name: 'proxy', restartPolicy: 'Always', lifecycle: preStop },
  ],
  containers: [
    {
      ...web,
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
      lifecycle: { ...preStop, postStart: { sleep: { seconds: 2 } } },
      livenessProbe: { exec: { command: ['alive'] }, periodSeconds: 2 },
    },
    { ...web, name: 'crashing' },
  ],
  volumes: [{ name: 'data', emptyDir: {} }],
});

function richWorld(): World {
  const world = new World();
  world.programs
    .set('init', { runsMs: 700 })
    .set('crashing', { runsMs: 300, exitCode: 1 })
    .set('web', { stopsAfterMs: 1_000 });
  world.tookMs = ({ type }) => (type === 'pullImage' ? 1_500 : type === 'recordEvent' ? 0 : 40);
  return world;
}

test('deleted after any number of events, a pod ends, and nothing of it is left', () => {
  const whole = richWorld();
  whole.apply(rich);
  let events = 0;
  while (whole.elapsedMs < 30_000 && whole.step()) events += 1;
  expect(events).toBeGreaterThan(100);
  for (let after = 0; after < events; after += 1) {
    const world = richWorld();
    world.apply(rich);
    for (let step = 0; step < after; step += 1) world.step();
    world.delete('uid-1');
    world.run(200_000);
    const left = [world.pods.size, world.boxes.size, world.sandboxes.size, world.podsWithMachines];
    expect(left, `deleted after ${after} events`).toEqual([0, 0, 0, []]);
  }
});

test('whatever fails now and then, the pod comes up in the end, and goes in the end', () => {
  for (let seed = 1; seed <= 25; seed += 1) {
    const world = richWorld();
    let state = seed;
    world.intercept = ({ type }) => {
      if (['patchPodStatus', 'recordEvent', 'startTimer'].includes(type)) return undefined;
      state = (state * 48_271) % 2_147_483_647;
      const fails = world.elapsedMs < 60_000 || world.elapsedMs > 900_000;
      return fails && state % 4 === 0 ? { code: 'Unknown', message: `${type} failed` } : undefined;
    };
    world.programs.delete('crashing');
    world.apply(rich);
    world.run(900_000);
    expect(world.statuses.get('uid-1')?.phase, `seed ${seed}`).toBe('Running');
    world.delete('uid-1');
    world.run(900_000);
    expect(world.pods.size, `seed ${seed}`).toBe(0);
  }
});
