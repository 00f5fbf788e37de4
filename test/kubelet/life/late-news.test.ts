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
