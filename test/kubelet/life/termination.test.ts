import { expect, test } from 'vitest';
import { podOf, World } from '../world.ts';

const calls = (world: World) =>
  world.effects.flatMap((effect) => {
    if (effect.type === 'stopContainer') return [`stop ${effect.timeoutSeconds}`];
    return effect.type === 'execSync' && effect.purpose.kind === 'preStop' ? ['preStop'] : [];
  });

const hooked = podOf({
  terminationGracePeriodSeconds: 30,
  containers: [{ name: 'app', image: 'nginx', lifecycle: { preStop: { exec: { command: ['bye'] } } } }],
});

test('preStop runs inside the grace, and what it took is taken off', () => {
  const world = new World();
  world.tookMs = (effect) => (effect.type === 'execSync' ? 12_000 : 0);
  world.apply(hooked);
  world.run(5_000);
  world.delete('uid-1');
  world.run(120_000);
  expect(calls(world)).toEqual(['preStop', 'stop 18']);
  expect(world.pods.size).toBe(0);
});

test('a hook that uses up the grace leaves two seconds', () => {
  const world = new World();
  world.tookMs = (effect) => (effect.type === 'execSync' ? 100_000 : 0);
  world.apply(hooked);
  world.run(5_000);
  world.delete('uid-1', 10);
  world.run(120_000);
  expect(calls(world)).toEqual(['preStop', 'stop 2']);
});

test('sidecars are stopped after the main container, the last first', () => {
  const world = new World();
  for (const name of ['one', 'two', 'app']) world.programs.set(name, { stopsAfterMs: 1_000 });
  world.apply(
    podOf({
      terminationGracePeriodSeconds: 30,
      initContainers: ['one', 'two'].map((name) => ({ name, image: 'busybox', restartPolicy: 'Always' })),
      containers: [{ name: 'app', image: 'nginx' }],
    }),
  );
  world.run(10_000);
  world.delete('uid-1');
  world.run(120_000);
  const ends = [...world.effects].flatMap((effect) =>
    effect.type === 'stopContainer' ? [{ id: effect.containerId.split('-')[0], at: effect.atMs }] : [],
  );
  expect(ends.map(({ id }) => id)).toEqual(['app', 'two', 'one']);
  expect(world.pods.size).toBe(0);
});
