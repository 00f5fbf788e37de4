import { expect, test } from 'vitest';
import { podOf, World } from '../world.ts';

test('news of a container that ended while its successor is made does not end the successor', () => {
  const world = new World();
  const livenessProbe = { exec: { command: ['alive'] }, periodSeconds: 1, failureThreshold: 1 };
  world.programs.set('app', {});
  // Making takes longer than a relist, so that PLEG tells the old one's end meanwhile.
  world.tookMs = (effect) => (effect.type === 'createContainer' ? 3_000 : 0);
  world.intercept = (effect) =>
    effect.type === 'execSync'
      ? { type: 'exec', response: { stdout: '', stderr: '', exitCode: world.boxes.size > 1 ? 0 : 1 } }
      : undefined;
  world.apply(
    podOf({
      terminationGracePeriodSeconds: 2,
      containers: [{ name: 'app', image: 'busybox', livenessProbe }],
    }),
  );
  world.run(60_000);
  expect(world.statuses.get('uid-1')).toMatchObject({
    phase: 'Running',
    containerStatuses: [{ restartCount: 1, ready: true, lastState: { terminated: { exitCode: 137 } } }],
  });
});

test('a stop that returns after its container has a successor does not end the successor', () => {
  const world = new World();
  const livenessProbe = { exec: { command: ['alive'] }, periodSeconds: 1, failureThreshold: 1 };
  // It ends by itself while it is being stopped; the stop is answered only at the end of its grace.
  world.programs.set('app', (attempt) =>
    attempt === 0 ? { runsMs: 4_000, exitCode: 42 } : { stopsAfterMs: 0 },
  );
  world.intercept = (effect) =>
    effect.type === 'execSync'
      ? { type: 'exec', response: { stdout: '', stderr: '', exitCode: world.boxes.size > 1 ? 0 : 1 } }
      : undefined;
  world.apply(podOf({ containers: [{ name: 'app', image: 'busybox', livenessProbe }] }));
  world.run(60_000);
  world.delete('uid-1');
  world.run(150_000);
  expect(world.boxes.size).toBe(0);
  expect(world.pods.size).toBe(0);
});
