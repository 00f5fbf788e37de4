import { expect, test } from 'vitest';
import { podOf, World } from '../world.ts';

const started = (world: World) =>
  world.effects.flatMap((effect) => (effect.type === 'createContainer' ? [effect.config.metadata.name] : []));

test('plain init containers run one after the other, then the regular ones', () => {
  const world = new World();
  for (const name of ['one', 'two']) world.programs.set(name, { runsMs: 2_000, exitCode: 0 });
  world.apply(
    podOf({
      initContainers: [
        { name: 'one', image: 'busybox' },
        { name: 'two', image: 'busybox' },
      ],
      containers: [
        { name: 'a', image: 'nginx' },
        { name: 'b', image: 'nginx' },
      ],
    }),
  );
  world.run(3_000);
  expect(world.statuses.get('uid-1')).toMatchObject({
    phase: 'Pending',
    initContainerStatuses: [
      { name: 'one', ready: true },
      { name: 'two', ready: false },
    ],
    containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }, {}],
  });
  world.run(20_000);
  expect(started(world)).toEqual(['one', 'two', 'a', 'b']);
  expect(world.statuses.get('uid-1')?.phase).toBe('Running');
});

test('a failing init container under Never fails the pod, and nothing else starts', () => {
  const world = new World();
  world.programs.set('init', { runsMs: 100, exitCode: 1 });
  world.apply(
    podOf({
      restartPolicy: 'Never',
      initContainers: [{ name: 'init', image: 'busybox' }],
      containers: [{ name: 'app', image: 'nginx' }],
    }),
  );
  world.run(30_000);
  expect(started(world)).toEqual(['init']);
  expect(world.statuses.get('uid-1')?.phase).toBe('Failed');
});

test("a sidecar's startup probe holds the next container back; its own end does not end the pod", () => {
  const world = new World();
  let healthy = false;
  world.intercept = (effect) =>
    effect.type === 'execSync'
      ? { type: 'exec', response: { stdout: '', stderr: '', exitCode: healthy ? 0 : 1 } }
      : undefined;
  const startupProbe = { exec: { command: ['ready'] }, periodSeconds: 1, failureThreshold: 60 };
  world.apply(
    podOf({
      initContainers: [{ name: 'side', image: 'busybox', restartPolicy: 'Always', startupProbe }],
      containers: [{ name: 'app', image: 'nginx' }],
    }),
  );
  world.run(10_000);
  expect(started(world)).toEqual(['side']);
  expect(world.statuses.get('uid-1')?.phase).toBe('Pending');
  healthy = true;
  world.run(10_000);
  expect(started(world)).toEqual(['side', 'app']);
  world.exit('side', 1);
  world.run(5_000);
  expect(world.statuses.get('uid-1')?.phase).toBe('Running');
  expect(started(world)).toEqual(['side', 'app', 'side']);
});

test('a sidecar does not keep a finished pod alive', () => {
  const world = new World();
  world.programs.set('app', { runsMs: 2_000, exitCode: 0 });
  world.apply(
    podOf({
      restartPolicy: 'Never',
      initContainers: [{ name: 'side', image: 'busybox', restartPolicy: 'Always' }],
      containers: [{ name: 'app', image: 'nginx' }],
    }),
  );
  world.run(60_000);
  expect(world.statuses.get('uid-1')?.phase).toBe('Succeeded');
  expect([...world.boxes.values()].every(({ status }) => status.state === 'CONTAINER_EXITED')).toBe(true);
});
