import { expect, test } from 'vitest';
import type { Pod } from '../../src/api/types.ts';
import { podOf, World } from './world.ts';

/** A pod that asks for so many CPUs. */
function asking(name: string, cpu: string, more: { priority?: number; graceSeconds?: number } = {}): Pod {
  const { priority = 0, graceSeconds = 30 } = more;
  const made = podOf({
    priority,
    terminationGracePeriodSeconds: graceSeconds,
    containers: [{ name: `${name}-app`, image: 'a:1', resources: { requests: { cpu } } }],
  });
  return { ...made, metadata: { ...made.metadata, name, uid: name } };
}

const CRITICAL = { priority: 2_000_000_000 };
const phaseOf = (world: World, name: string) => world.statuses.get(name)?.phase;

test('a critical pod waits until what is in its way has ended, and other pods wait with it', () => {
  const world = new World();
  world.apply(asking('victim', '3'));
  world.run(5_000);
  world.apply(asking('vital', '2', CRITICAL));
  world.apply(asking('later', '1'));
  expect([phaseOf(world, 'vital'), phaseOf(world, 'later')]).toEqual([undefined, undefined]);
  world.run(20_000);
  expect(world.statuses.get('victim')).toMatchObject({ phase: 'Failed', reason: 'Preempting' });
  expect([phaseOf(world, 'vital'), phaseOf(world, 'later')]).toEqual(['Running', 'Running']);
  expect(world.said('Preempting')).toEqual(['Preempted in order to admit critical pod']);
});

test('lower priorities go first, whatever their class', () => {
  const world = new World();
  world.apply(asking('precious', '2', { priority: 100 }));
  world.apply(asking('cheap', '2'));
  world.run(5_000);
  world.apply(asking('vital', '1', CRITICAL));
  world.run(10_000);
  expect([phaseOf(world, 'precious'), phaseOf(world, 'cheap')]).toEqual(['Running', 'Failed']);
});

test('a victim that does not end in time is told of, and the critical pod comes in all the same', () => {
  const world = new World();
  const hangs = { code: 'Unknown', message: 'the runtime hangs' } as const;
  world.intercept = ({ type }) => (type === 'stopContainer' ? hangs : undefined);
  world.tookMs = ({ type }) => (type === 'stopContainer' ? 60_000 : 0);
  world.apply(asking('stubborn', '3', { graceSeconds: 10 }));
  world.run(5_000);
  world.apply(asking('vital', '3', CRITICAL));
  world.run(14_000);
  expect(phaseOf(world, 'vital')).toBeUndefined();
  world.run(5_000);
  expect(world.said('ExceededGracePeriod')).toEqual([
    'Container runtime did not kill the pod within specified grace period.',
  ]);
  expect(phaseOf(world, 'vital')).toBe('Running');
});

test('when no set of pods frees enough, the critical pod is refused for that', () => {
  const world = new World();
  world.apply(asking('also-vital', '3', CRITICAL));
  world.run(5_000);
  world.apply(asking('vital', '3', CRITICAL));
  world.run(1_000);
  expect(world.statuses.get('vital')).toMatchObject({
    reason: 'UnexpectedAdmissionError',
    message:
      'Pod was rejected: Unexpected error while attempting to recover from admission failure: preemption: error finding a set of pods to preempt: no set of running pods found to reclaim resources: [(res: cpu, q: 2000), ]',
  });
});
