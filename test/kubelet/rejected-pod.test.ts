import { expect, test } from 'vitest';
import { podOf, World } from './world.ts';

const greedy = podOf({
  containers: [{ name: 'web', image: 'nginx', resources: { requests: { cpu: '100' } } }],
});

test('a pod that the node refuses is Failed at once, stays so, and can be deleted', () => {
  const world = new World();
  world.apply(greedy);
  world.run(70_000);
  expect(world.statuses.get('uid-1')).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu' });
  expect(world.events.map(({ reason }) => reason)).toEqual(['OutOfcpu']);
  expect(world.effects.some(({ type }) => type === 'runPodSandbox')).toBe(false);

  world.delete('uid-1');
  world.run(150_000);
  expect(world.pods.size).toBe(0);
});
