import { describe, expect, test } from 'vitest';
import { podOf, World } from './world.ts';

const image = 'busybox:1.36';
const probe = { exec: { command: ['probe'] }, periodSeconds: 2 };

/** An init container, a sidecar, a probed container, one that crashes now and then. */
function world(): World {
  const made = new World();
  made.tookMs = ({ type }) => (type === 'pullImage' ? 400 : type === 'execSync' ? 30 : 10);
  made.programs.set('first', { runsMs: 700, stopsAfterMs: 0 });
  made.programs.set('crashes', (attempt) =>
    attempt < 2 ? { runsMs: 1_500, exitCode: 1, stopsAfterMs: 0 } : { stopsAfterMs: 0 },
  );
  made.apply(
    podOf({
      terminationGracePeriodSeconds: 5,
      initContainers: [
        { name: 'first', image },
        { name: 'sidecar', image, restartPolicy: 'Always', startupProbe: probe },
      ],
      containers: [
        { name: 'app', image, readinessProbe: probe, livenessProbe: probe, startupProbe: probe },
        { name: 'crashes', image: 'other:1' },
      ],
    }),
  );
  return made;
}

/** Runs, restarts after so many events, and runs on. */
function restartedAfter(events: number, then: (world: World) => void = () => undefined) {
  const made = world();
  for (let step = 0; step < events; step++) made.step();
  const running = [...made.boxes.values()].filter(({ status }) => status.state === 'CONTAINER_RUNNING');
  // A container that is being created, or was and is not started yet.
  const inTheMaking = Object.entries(made.state.machines['uid-1'] ?? {})
    .filter(([, { state }]) => /^(creating|created|starting)$/.test(state))
    .map(([key]) => key.split('/')[2] ?? '');
  made.restart();
  then(made);
  made.run(150_000);
  return { world: made, running, inTheMaking };
}

const SPAN = 240;
const STEPS = Array.from({ length: SPAN / 2 }, (_, index) => 2 * index);

function counts(made: World): Record<string, number> {
  const { containerStatuses = [], initContainerStatuses = [] } = made.statuses.get('uid-1') ?? {};
  return Object.fromEntries(
    [...initContainerStatuses, ...containerStatuses].map(({ name, restartCount }) => [name, restartCount]),
  );
}

describe('a kubelet that is restarted at any point', () => {
  const untouched = world();
  untouched.run(200_000);

  test.each(STEPS)('leads to the same pod (after %i events)', (events) => {
    const { world: made, running, inTheMaking } = restartedAfter(events);
    const status = made.statuses.get('uid-1');
    expect(status?.phase).toBe('Running');
    expect(status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    // A container that was created and not started yet is not started any more: its successor counts.
    for (const [name, count] of Object.entries(counts(untouched))) {
      expect(counts(made)[name], name).toBeGreaterThanOrEqual(count);
      expect(counts(made)[name], name).toBeLessThanOrEqual(count + (inTheMaking.includes(name) ? 1 : 0));
    }
    // What ran on its own was not touched.
    for (const { status: before } of running) {
      if (before.metadata.name === 'first' || before.metadata.name === 'crashes') continue;
      expect(made.boxes.get(before.id)?.status.state, before.metadata.name).toBe('CONTAINER_RUNNING');
    }
    expect([...made.sandboxes.values()].filter(({ state }) => state === 'SANDBOX_READY')).toHaveLength(1);
    const names = [...made.boxes.values()]
      .filter(({ status: { state } }) => state === 'CONTAINER_RUNNING')
      .map(({ status: { metadata } }) => metadata.name);
    expect(names.sort()).toEqual(['app', 'crashes', 'sidecar']);
  });

  test.each(STEPS.filter((step) => step % 6 === 0))('lets a deleted pod go (after %i events)', (events) => {
    const { world: made } = restartedAfter(events, (later) => later.delete('uid-1'));
    expect([made.pods.size, made.boxes.size, made.sandboxes.size]).toEqual([0, 0, 0]);
    expect(Object.keys(made.state.machines).filter(Boolean)).toEqual([]);
  });

  test.each(STEPS.filter((step) => step % 6 === 0))(
    'ends a pod that was removed meanwhile (after %i events)',
    (events) => {
      const made = world();
      for (let step = 0; step < events; step++) made.step();
      made.pods.clear();
      made.restart();
      made.run(150_000);
      expect([
        made.boxes.size,
        made.sandboxes.size,
        Object.keys(made.state.machines).filter(Boolean),
      ]).toEqual([0, 0, []]);
    },
  );

  test('may come in the middle of a termination: the rest is done by the next one', () => {
    for (let events = 0; events < 40; events++) {
      const made = world();
      made.run(30_000);
      made.delete('uid-1');
      for (let step = 0; step < events; step++) made.step();
      made.restart();
      made.run(150_000);
      expect([made.pods.size, made.boxes.size, made.sandboxes.size], `after ${events} events`).toEqual([
        0, 0, 0,
      ]);
    }
  });
});

test('a ready container stays ready over a restart, one that was not ready stays so until its probe', () => {
  const made = world();
  made.run(30_000);
  const readiness = () =>
    made.effects
      .filter((effect) => effect.type === 'patchPodStatus')
      .map((effect) => effect.status.containerStatuses?.find(({ name }) => name === 'app')?.ready);
  const before = readiness().length;
  made.restart();
  made.run(20_000);
  expect(new Set(readiness().slice(before))).toEqual(new Set([true]));
  made.intercept = (effect) =>
    effect.type === 'execSync' && effect.purpose.kind === 'probe' && effect.purpose.probe === 'readiness'
      ? { type: 'exec', response: { stdout: '', stderr: '', exitCode: 1 } }
      : undefined;
  made.run(10_000);
  const unready = readiness().length;
  made.restart();
  made.run(1_000);
  expect(new Set(readiness().slice(unready))).toEqual(new Set([false]));
});

test('what an earlier kubelet asked for concerns the next one no more', () => {
  const made = world();
  made.tookMs = ({ type }) => (type === 'pullImage' ? 60_000 : 10);
  made.run(1_000);
  made.restart();
  const before = made.trace.length;
  made.run(60_500);
  const old = made.trace.slice(before).filter(({ machine }) => machine === 'imagePull');
  expect(old.map(({ event }) => event).filter((event) => event === 'ImagePulled').length).toBeLessThanOrEqual(
    2,
  );
  made.run(200_000);
  expect(made.statuses.get('uid-1')?.phase).toBe('Running');
});
