import { expect, test } from 'vitest';
import type { Container } from '../../../src/api/types.ts';
import { podOf, World } from '../world.ts';

const rules = [
  { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [3] } },
] as unknown as NonNullable<Container['restartPolicyRules']>;

/** As a v1.36.1 cluster was seen to do it: a bystander that failed for good, and a trigger. */
function gang(initContainers: Container[] = []): World {
  const world = new World();
  let runs = 0;
  world.programs.set('init', { runsMs: 2_000, exitCode: 0 });
  world.programs.set('bystander', { runsMs: 0, exitCode: 1 });
  world.programs.set('trigger', () => (runs++ === 0 ? { runsMs: 15_000, exitCode: 3 } : {}));
  world.apply(
    podOf({
      restartPolicy: 'Never',
      initContainers,
      containers: [
        { name: 'bystander', image: 'a:1' },
        { name: 'trigger', image: 'a:1', restartPolicy: 'Never', restartPolicyRules: rules },
      ],
    }),
  );
  return world;
}

test('an exit code that restarts all containers removes them and starts them again at once', () => {
  const world = gang();
  world.run(20_000);
  const removed = { reason: 'RestartingAllContainers', exitCode: 137 };
  expect(world.statuses.get('uid-1')?.containerStatuses).toMatchObject([
    {
      name: 'bystander',
      restartCount: 1,
      state: { terminated: { exitCode: 1 } },
      lastState: { terminated: removed },
    },
    { name: 'trigger', restartCount: 1, state: { running: {} }, lastState: { terminated: removed } },
  ]);
  expect(
    world
      .timesOf('createContainer')
      .filter((ms) => ms > 1_000)
      .every((ms) => ms < 18_000),
  ).toBe(true);
});

test('a pod that restarts in place stays initialized, although its init container runs again', () => {
  const world = gang([{ name: 'init', image: 'a:1' }]);
  world.run(20_000);
  const initialized = world.effects.flatMap((effect) =>
    effect.type === 'patchPodStatus'
      ? (effect.status.conditions ?? []).filter(({ type }) => type === 'Initialized')
      : [],
  );
  const first = initialized.findIndex(({ status }) => status === 'True');
  expect(first).toBeGreaterThan(0);
  expect(new Set(initialized.slice(first).map(({ status }) => status))).toEqual(new Set(['True']));
  expect(world.statuses.get('uid-1')?.initContainerStatuses?.[0]?.restartCount).toBe(1);
});
