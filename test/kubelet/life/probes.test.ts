import { expect, test } from 'vitest';
import { podOf, World } from '../world.ts';

/** The exit code that each exec probe gives, by the first word of its command. */
function answer(world: World, codes: Readonly<Record<string, number>>): void {
  world.intercept = (effect) => {
    if (effect.type !== 'execSync') return undefined;
    const exitCode = codes[effect.command[0] ?? ''] ?? 0;
    return { type: 'exec', response: { stdout: '', stderr: exitCode ? 'no\n' : '', exitCode } };
  };
}

const probe = (word: string) => ({ exec: { command: [word] }, periodSeconds: 5, failureThreshold: 3 });
const reasons = (world: World) => world.events.map(({ reason, message }) => `${reason}: ${message}`);

test('three liveness failures kill and restart the container, with its events', () => {
  const world = new World();
  answer(world, { alive: 1 });
  world.apply(podOf({ containers: [{ name: 'app', image: 'busybox', livenessProbe: probe('alive') }] }));
  world.run(30_000);
  const told = reasons(world);
  expect(
    told.filter((line) => line === 'Unhealthy: Liveness probe failed: no\n').length,
  ).toBeGreaterThanOrEqual(3);
  expect(told).toContain('Killing: Container app failed liveness probe, will be restarted');
  expect(world.statuses.get('uid-1')?.containerStatuses?.[0]?.restartCount).toBeGreaterThanOrEqual(1);
});

test('a failing readiness probe makes the pod unready and kills nothing', () => {
  const world = new World();
  answer(world, {});
  world.apply(podOf({ containers: [{ name: 'app', image: 'busybox', readinessProbe: probe('ready') }] }));
  world.run(20_000);
  const ready = () => world.statuses.get('uid-1')?.conditions?.find(({ type }) => type === 'Ready')?.status;
  expect(ready()).toBe('True');
  answer(world, { ready: 1 });
  world.run(30_000);
  expect(ready()).toBe('False');
  expect(world.effects.some(({ type }) => type === 'stopContainer')).toBe(false);
  answer(world, {});
  world.run(10_000);
  expect(ready()).toBe('True');
});

test('liveness waits until the startup probe has succeeded', () => {
  const world = new World();
  answer(world, { started: 1, alive: 1 });
  const container = {
    name: 'app',
    image: 'busybox',
    startupProbe: { ...probe('started'), failureThreshold: 100 },
    livenessProbe: probe('alive'),
  };
  world.apply(podOf({ containers: [container] }));
  world.run(60_000);
  expect(world.effects.some((effect) => effect.type === 'execSync' && effect.command[0] === 'alive')).toBe(
    false,
  );
  expect(world.statuses.get('uid-1')?.containerStatuses?.[0]).toMatchObject({ started: false, ready: false });
});
