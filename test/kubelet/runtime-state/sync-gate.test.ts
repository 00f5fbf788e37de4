import { expect, test } from 'vitest';
import { syncLoopHealth } from '../../../src/kubelet/runtime-state/sync-gate.ts';
import { podOf, World } from '../world.ts';

const DOWN = { code: 'Unavailable', message: 'connection refused' } as const;
const pod = podOf({ containers: [{ name: 'app', image: 'busybox' }] });

function worldWithRuntimeDown(): World {
  const world = new World();
  world.run(1_000);
  world.intercept = ({ type }) => (type === 'runtimeStatus' || type === 'relist' ? DOWN : undefined);
  world.run(40_000);
  return world;
}

test('while the runtime is down no pod is taken in; afterwards it is, within five seconds', () => {
  const world = worldWithRuntimeDown();
  world.apply(pod);
  world.run(60_000);
  expect(world.state.workers).toEqual({});
  expect(world.trace.filter(({ why }) => why.key === 'loop.skips')).toHaveLength(1);
  world.intercept = () => undefined;
  world.run(11_000);
  expect(world.trace.map(({ why }) => why.key)).toContain('loop.resumes');
  world.run(2_000);
  expect(world.statuses.get('uid-1')?.phase).toBe('Running');
});

test('the loop looks again after 100 ms, doubling to five seconds', () => {
  const world = worldWithRuntimeDown();
  world.run(60_000);
  const looks = world.effects.filter(
    (effect) => effect.type === 'startTimer' && effect.timerId === 'loop/gate',
  );
  const delays = looks.map((effect) => (effect.type === 'startTimer' ? effect.delayMs : 0));
  expect(delays.slice(0, 8)).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

test('a loop that has not come round for five minutes is not healthy', () => {
  const world = worldWithRuntimeDown();
  expect(syncLoopHealth(world.state)).toBeUndefined();
  world.run(300_000);
  expect(syncLoopHealth(world.state)).toBe('sync Loop took longer than expected');
  world.intercept = () => undefined;
  world.run(11_000);
  expect(syncLoopHealth(world.state)).toBeUndefined();
});
