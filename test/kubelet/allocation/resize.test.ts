import { expect, test } from 'vitest';
import type { Container, Pod } from '../../../src/api/types.ts';
import { validatePodResize } from '../../../src/api/validation/pod-resize.ts';
import type { Effect } from '../../../src/machines/effects.ts';
import { pod } from '../fixtures.ts';
import { World } from '../world.ts';

const CAPACITY = { cpuMilli: 4_000, memoryBytes: 4 * 2 ** 30, pods: 110 };

function sized(uid: string, cpu: string, more: Partial<Container> = {}, generation = 1): Pod {
  const resources = { requests: { cpu, memory: '64Mi' }, limits: { cpu: '4', memory: '128Mi' } };
  const container = { name: 'app', image: 'busybox', resources, ...more };
  return pod({ containers: [container] }, { uid, name: uid, generation });
}

const updates = (world: World) =>
  world.effects.filter(
    (effect): effect is Extract<Effect, { type: 'updateContainerResources' }> & { atMs: number } =>
      effect.type === 'updateContainerResources',
  );
const conditionsOf = (world: World, uid: string) =>
  (world.statuses.get(uid)?.conditions ?? [])
    .filter(({ type }) => type.startsWith('PodResize'))
    .map(({ type, reason }) => `${type}${reason === undefined ? '' : ` ${reason}`}`);

test('a resize is carried out on the running container, and is done when the runtime says so', () => {
  const world = new World(CAPACITY);
  world.apply(sized('a', '1'));
  world.run(5_000);
  world.apply(sized('a', '2', {}, 2));
  world.run(5_000);
  expect(updates(world).map(({ resources }) => resources.cpuShares)).toEqual([2048]);
  expect(world.said('ResizeStarted')).toHaveLength(1);
  expect(world.said('ResizeCompleted')[0]).toContain('"generation":2');
  expect(conditionsOf(world, 'a')).toEqual([]);
  expect(world.statuses.get('a')?.containerStatuses?.[0]).toMatchObject({
    restartCount: 0,
    allocatedResources: { cpu: '2' },
    resources: { requests: { cpu: '2' } },
  });
});

test('what has no room waits, keeps what it has, and is granted when another pod goes', () => {
  const world = new World(CAPACITY);
  world.apply(sized('a', '1'));
  world.apply(sized('b', '2'));
  world.run(5_000);
  world.apply(sized('a', '3', {}, 2));
  world.run(5_000);
  expect(conditionsOf(world, 'a')).toEqual(['PodResizePending Deferred']);
  expect(world.statuses.get('a')?.containerStatuses?.[0]?.allocatedResources).toMatchObject({ cpu: '1' });
  expect(updates(world)).toEqual([]);
  world.delete('b', 1);
  world.run(10_000);
  expect(conditionsOf(world, 'a')).toEqual([]);
  expect(updates(world)).toHaveLength(1);
});

test('a resize that is taken back before it was granted leaves nothing', () => {
  const world = new World(CAPACITY);
  world.apply(sized('a', '1'));
  world.run(5_000);
  world.apply(sized('a', '9', {}, 2));
  world.run(5_000);
  expect(conditionsOf(world, 'a')).toEqual(['PodResizePending Infeasible']);
  world.apply(sized('a', '1', {}, 3));
  world.run(5_000);
  expect(conditionsOf(world, 'a')).toEqual([]);
  expect(updates(world)).toEqual([]);
});

test('after a restart of the kubelet a pod has what it was promised before; the resize still waits', () => {
  const world = new World(CAPACITY);
  const told = sized('a', '1');
  const status = {
    name: 'app',
    ready: true,
    restartCount: 0,
    image: 'busybox',
    imageID: '',
    allocatedResources: { cpu: '1', memory: '64Mi' },
    resources: told.spec.containers[0]?.resources ?? {},
  };
  world.apply({ ...sized('a', '9', {}, 2), status: { containerStatuses: [status] } });
  world.run(5_000);
  expect(conditionsOf(world, 'a')).toEqual(['PodResizePending Infeasible']);
  expect(
    world.effects.flatMap((e) => (e.type === 'createContainer' ? [e.config.resources.cpuShares] : [])),
  ).toEqual([1024]);
});

test('a failed update is told, and tried again', () => {
  const world = new World(CAPACITY);
  world.apply(sized('a', '1'));
  world.run(5_000);
  let failures = 0;
  world.intercept = ({ type }) => {
    if (type !== 'updateContainerResources' || failures > 0) return undefined;
    failures++;
    return { code: 'Unknown', message: 'the cgroup is busy' };
  };
  world.apply(sized('a', '2', {}, 2));
  world.run(2_000);
  expect(world.said('ResizeError')[0]).toContain('"error":"the cgroup is busy"');
  world.run(60_000);
  expect(updates(world)).toHaveLength(2);
  expect(conditionsOf(world, 'a')).toEqual([]);
});

test('resizePolicy RestartContainer restarts under the other limits', () => {
  const world = new World(CAPACITY);
  const resizePolicy = [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }];
  world.apply(sized('a', '1', { resizePolicy }));
  world.run(5_000);
  world.apply(sized('a', '2', { resizePolicy }, 2));
  world.run(40_000);
  expect(updates(world)).toEqual([]);
  expect(world.said('Killing')).toEqual(['Container app resize requires restart']);
  expect(world.statuses.get('a')?.containerStatuses?.[0]).toMatchObject({ restartCount: 1 });
});

test('the API lets a resize change CPU and memory, take nothing away, and leave the class', () => {
  const qos = { stored: 'Burstable', next: 'Burstable' } as const;
  const told = (next: Pod) =>
    validatePodResize(next, sized('a', '1'), qos).map(({ field, detail }) => [field, detail]);
  expect(told(sized('a', '2'))).toEqual([]);
  expect(told(sized('a', '1', { resources: { requests: { cpu: '1' } } }))).toEqual([
    ['spec.containers[0].resources.requests', 'resource requests cannot be removed'],
    ['spec.containers[0].resources.limits', 'resource limits cannot be removed'],
  ]);
  const mirror = pod({}, { annotations: { 'kubernetes.io/config.mirror': 'x' } });
  expect(validatePodResize(mirror, mirror, qos)).toMatchObject([{ detail: 'static pods cannot be resized' }]);
  expect(validatePodResize(sized('a', '1'), sized('a', '1'), { ...qos, next: 'Guaranteed' })).toMatchObject([
    { field: 'spec', detail: 'Pod QOS Class may not change as a result of resizing' },
  ]);
});
