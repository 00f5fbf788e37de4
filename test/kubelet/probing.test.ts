import { expect, test } from 'vitest';
import type { Container } from '../../src/api/types.ts';
import { podOf, World } from './world.ts';

const web: Container = { name: 'web', image: 'busybox:1.36', imagePullPolicy: 'IfNotPresent' };
const failed = { type: 'exec', response: { stdout: '', stderr: 'cat: no such file', exitCode: 1 } } as const;
const exec = { exec: { command: ['cat', '/tmp/healthy'] }, periodSeconds: 5 };

/** A world in which exec probes fail between the two instants. */
function worldFailing(fromMs: number, untilMs: number): World {
  const world = new World();
  world.intercept = (effect) =>
    effect.type === 'execSync' && world.elapsedMs >= fromMs && world.elapsedMs < untilMs ? failed : undefined;
  return world;
}

test('three failures in a row of the liveness probe kill the container, which is started anew at once', () => {
  const world = worldFailing(20_000, 40_000);
  world.apply(podOf({ containers: [{ ...web, livenessProbe: exec }] }));
  world.run(60_000);
  const unhealthy = world.events.filter(({ reason }) => reason === 'Unhealthy');
  expect(unhealthy.slice(0, 3).map(({ count }) => count)).toEqual([1, 2, 3]);
  expect(unhealthy[0]?.message).toBe('Liveness probe failed: cat: no such file');
  expect(world.said('Killing')).toEqual(['Container web failed liveness probe, will be restarted']);
  expect(world.statuses.get('uid-1')?.containerStatuses?.[0]?.restartCount).toBe(1);
  const stop = world.effects.find(({ type }) => type === 'stopContainer');
  expect(stop).toMatchObject({ timeoutSeconds: 30 });
});

test('the grace period of the liveness probe counts for its kill', () => {
  const world = worldFailing(20_000, 40_000);
  const livenessProbe = { ...exec, terminationGracePeriodSeconds: 7 };
  world.apply(podOf({ containers: [{ ...web, livenessProbe }] }));
  world.run(60_000);
  expect(world.effects.find(({ type }) => type === 'stopContainer')).toMatchObject({ timeoutSeconds: 7 });
});

test('readiness flips the condition and kills nothing', () => {
  const world = worldFailing(20_000, 40_000);
  world.apply(podOf({ containers: [{ ...web, readinessProbe: exec }] }));
  const readyAt = (ms: number) => {
    world.run(ms - world.elapsedMs);
    return world.statuses.get('uid-1')?.conditions?.find(({ type }) => type === 'Ready')?.status;
  };
  expect([readyAt(15_000), readyAt(36_000), readyAt(60_000)]).toEqual(['True', 'False', 'True']);
  expect(world.timesOf('stopContainer')).toEqual([]);
  expect(world.pathOf('pod/uid-1').slice(-4)).toEqual([
    'Running.NotReady',
    'Running.Ready',
    'Running.NotReady',
    'Running.Ready',
  ]);
});

test('until the startup probe has succeeded the others wait, and the container is not started', () => {
  const world = worldFailing(0, 30_000);
  world.apply(
    podOf({
      containers: [{ ...web, startupProbe: { ...exec, failureThreshold: 30 }, livenessProbe: exec }],
    }),
  );
  world.run(25_000);
  expect(world.statuses.get('uid-1')?.containerStatuses?.[0]).toMatchObject({ started: false, ready: false });
  expect(world.state.machines['uid-1']?.['container/uid-1/web']?.state).toBe('running.notStarted');
  const kinds = () =>
    new Set(
      world.effects.flatMap((effect) =>
        effect.type === 'execSync' && effect.purpose.kind === 'probe' ? [effect.purpose.probe] : [],
      ),
    );
  expect([...kinds()]).toEqual(['startup']);
  world.run(35_000);
  expect(world.statuses.get('uid-1')?.containerStatuses?.[0]).toMatchObject({ started: true, ready: true });
  expect(world.state.machines['uid-1']?.['container/uid-1/web']?.state).toBe('running.started');
  expect([...kinds()]).toEqual(['startup', 'liveness']);
});

test('a startup probe that never succeeds kills the container', () => {
  const world = worldFailing(0, 1_000_000);
  world.apply(podOf({ containers: [{ ...web, startupProbe: { ...exec, failureThreshold: 2 } }] }));
  world.run(15_000);
  expect(world.said('Killing')).toEqual(['Container web failed startup probe, will be restarted']);
});

test('a probe that cannot be run is tried three times, told, and counts for nothing', () => {
  const world = new World();
  world.intercept = (effect) =>
    effect.type === 'execSync' ? { code: 'Unknown', message: 'container not running' } : undefined;
  world.apply(podOf({ containers: [{ ...web, livenessProbe: { ...exec, failureThreshold: 1 } }] }));
  world.run(8_000);
  expect(world.timesOf('execSync').length % 3).toBe(0);
  expect(world.said('Unhealthy')[0]).toBe(
    'Liveness probe errored and resulted in unknown state: container not running',
  );
  expect(world.timesOf('stopContainer')).toEqual([]);
});

test('an HTTP probe asks the address of the pod, a TCP probe connects to it', () => {
  const world = new World();
  world.apply(
    podOf({
      containers: [
        {
          ...web,
          ports: [{ name: 'http', containerPort: 8080 }],
          readinessProbe: { httpGet: { port: 'http', path: '/ready' } },
          livenessProbe: { tcpSocket: { port: 8080 } },
        },
      ],
    }),
  );
  world.run(30_000);
  const host = world.statuses.get('uid-1')?.podIP;
  expect(world.effects.find(({ type }) => type === 'httpGet')).toMatchObject({
    request: { scheme: 'HTTP', host, port: 8080, path: '/ready' },
  });
  expect(world.effects.find(({ type }) => type === 'tcpConnect')).toMatchObject({ host, port: 8080 });
});

test('a gRPC probe asks for a service, and only SERVING is well', () => {
  const world = new World();
  world.intercept = (effect) =>
    effect.type === 'grpcHealthCheck'
      ? { type: 'grpc', servingStatus: world.elapsedMs < 20_000 ? 'SERVING' : 'NOT_SERVING' }
      : undefined;
  const readinessProbe = { grpc: { port: 9000, service: 'shop' }, periodSeconds: 5 };
  world.apply(podOf({ containers: [{ ...web, readinessProbe }] }));
  world.run(15_000);
  const host = world.statuses.get('uid-1')?.podIP;
  expect(world.effects.find(({ type }) => type === 'grpcHealthCheck')).toMatchObject({
    host,
    port: 9000,
    service: 'shop',
  });
  const isReady = () => world.statuses.get('uid-1')?.containerStatuses?.[0]?.ready;
  expect(isReady()).toBe(true);
  world.run(30_000);
  expect(isReady()).toBe(false);
  expect(world.said('Unhealthy')[0]).toBe(
    'Readiness probe failed: service unhealthy (responded with "NOT_SERVING")',
  );
});

test('a probe among its like gives a quiet step', () => {
  const world = new World();
  world.apply(podOf({ containers: [{ ...web, livenessProbe: exec }] }));
  world.run(20_000);
  const before = world.trace.length;
  world.run(30_000);
  expect(world.trace.length).toBe(before);
  expect(world.timesOf('execSync').filter((atMs) => atMs > 20_000).length).toBeGreaterThan(4);
});
