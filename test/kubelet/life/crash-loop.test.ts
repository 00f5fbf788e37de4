import { expect, test } from 'vitest';
import { podOf, World } from '../world.ts';

const app = podOf({ containers: [{ name: 'app', image: 'busybox' }] });

/** Seconds between the end of one run and the start of the next. */
function pauses(world: World): number[] {
  const starts = world.effects.filter(({ type }) => type === 'startContainer').map(({ atMs }) => atMs);
  return starts.slice(1).map((atMs, index) => Math.round((atMs - (starts[index] ?? 0)) / 1000));
}

test('restarts come at once, then after 10 s doubling to 300 s, as soon as PLEG and the worker notice', () => {
  const world = new World();
  world.programs.set('app', { runsMs: 0, exitCode: 1 });
  world.apply(app);
  world.run(1_500_000);
  const seen = pauses(world);
  expect(seen[0]).toBeLessThanOrEqual(2);
  for (const [index, window] of [10, 20, 40, 80, 160, 300].entries()) {
    const pause = seen[index + 1] ?? 0;
    expect(pause).toBeGreaterThanOrEqual(window);
    // The next sync comes with the window's end, stretched by jitter; PLEG may add a second.
    expect(pause).toBeLessThanOrEqual(window * 1.5 + 2);
  }
});

test('a crash-looping pod stays Running, waits with CrashLoopBackOff and tells the last end', () => {
  const world = new World();
  world.programs.set('app', { runsMs: 0, exitCode: 3 });
  world.apply(app);
  world.run(8_000);
  const status = world.statuses.get('uid-1');
  expect(status?.phase).toBe('Running');
  expect(status?.containerStatuses?.[0]).toMatchObject({
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: expect.stringMatching(/^back-off 10s restarting failed container=app pod=/),
      },
    },
    lastState: { terminated: { exitCode: 3, reason: 'Error' } },
    restartCount: 1,
    ready: false,
  });
});

test('exit 0 under Always loops just the same, under OnFailure the pod has succeeded', () => {
  for (const [restartPolicy, phase] of [
    ['Always', 'Running'],
    ['OnFailure', 'Succeeded'],
    ['Never', 'Succeeded'],
  ] as const) {
    const world = new World();
    world.programs.set('app', { runsMs: 1_000, exitCode: 0 });
    world.apply(podOf({ ...app.spec, restartPolicy }));
    world.run(30_000);
    expect([restartPolicy, world.statuses.get('uid-1')?.phase]).toEqual([restartPolicy, phase]);
  }
});
