import { expect, test } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../../src/api/kubelet-configuration/defaulting.ts';
import type { KubeletConfiguration } from '../../../src/api/kubelet-configuration/fields.ts';
import type { Pod } from '../../../src/api/types.ts';
import { podOf, World } from '../world.ts';

const GI = 2 ** 30;
const MINUTE_MS = 60_000;

/** A node of 8Gi whose pods use so much, in GiB; each pod has one container of its own name. */
function nodeWith(
  usage: Readonly<Record<string, number>>,
  config: Partial<KubeletConfiguration> = {},
): World {
  const world = new World(undefined, {
    ...DEFAULT_CONFIGURATION,
    evictionHard: { 'memory.available': '1Gi' },
    ...config,
  });
  for (const [name, gibibytes] of Object.entries(usage)) apply(world, name, gibibytes);
  return world;
}

function apply(world: World, name: string, gibibytes: number, spec: Partial<Pod['spec']> = {}): void {
  world.memory.set(name, gibibytes * GI);
  world.apply(podOf({ containers: [{ name, image: 'busybox' }], ...spec }, { name, uid: name }));
}

const evicted = (world: World) =>
  world.events.filter(({ reason }) => reason === 'Evicted').map(({ involvedObject }) => involvedObject.name);

const conditions = (world: World) => world.state.eviction.nodeConditions;

test('with room enough nothing happens, and nobody sees the passes', () => {
  const world = nodeWith({ web: 6 });
  world.run(MINUTE_MS);
  world.run(5 * MINUTE_MS);
  expect(world.trace.filter(({ stage }) => stage === 'evict')).toEqual([]);
  // The image collector asks at the start, too.
  expect([...new Set(world.timesOf('readStats'))].slice(0, 3)).toEqual([0, 10_000, 20_000]);
});

test('one pod goes, with a second to end, and only when it is cleaned up the next pass looks again', () => {
  const world = nodeWith({ small: 1, large: 4, medium: 2.5 });
  world.programs.set('large', { stopsAfterMs: 1_500 });
  world.run(11_000);
  expect(evicted(world)).toEqual(['large']);
  expect(world.effects.findLast(({ type }) => type === 'stopContainer')).toMatchObject({ timeoutSeconds: 2 });
  world.run(5_000);
  expect(world.statuses.get('large')).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
  // It was gone after 13 s; the looks after it come each second.
  const passes = world.timesOf('readStats').filter((atMs) => atMs > 10_000);
  expect(passes[0]).toBeLessThan(16_000);
  world.run(MINUTE_MS);
  expect(evicted(world)).toEqual(['large']);
  expect(world.pods.get('large')).toBeDefined();
});

test('the event says which containers used more than they asked for', () => {
  const world = nodeWith({ web: 7.5 });
  world.run(15_000);
  const event = world.events.find(({ reason }) => reason === 'Evicted');
  expect(event?.metadata?.annotations).toEqual({
    offending_containers: 'web',
    offending_containers_usage: '7680Mi',
    starved_resource: 'memory',
  });
  expect(world.said('EvictionThresholdMet')).toEqual(['Attempting to reclaim memory']);
});

test('the condition lasts for the transition period after the last time that a threshold was met', () => {
  const world = nodeWith({ web: 7.5 });
  world.run(11_000);
  expect(conditions(world)).toEqual(['MemoryPressure']);
  world.run(5 * MINUTE_MS - 5_000);
  expect(conditions(world)).toEqual(['MemoryPressure']);
  world.run(20_000);
  expect(conditions(world)).toEqual([]);
});

test('a critical pod is passed over, and when there is no other, nobody goes', () => {
  const world = nodeWith({ web: 2 });
  apply(world, 'critical', 5.5, { priority: 2_000_000_000 });
  world.run(11_000);
  expect(evicted(world)).toEqual(['web']);
  world.memory.set('critical', 7.5 * GI);
  world.run(MINUTE_MS);
  expect(evicted(world)).toEqual(['web']);
  expect(world.logged.some((line) => line.includes('cannot evict a critical pod'))).toBe(true);
});

test('a soft threshold that is met no more in time evicts nobody, and its grace begins anew', () => {
  const world = nodeWith(
    { web: 7.5 },
    {
      evictionHard: {},
      evictionSoft: { 'memory.available': '1Gi' },
      evictionSoftGracePeriod: { 'memory.available': '25s' },
      evictionMaxPodGracePeriod: 60,
    },
  );
  world.run(15_000);
  world.memory.set('web', GI);
  world.run(20_000);
  world.memory.set('web', 7.5 * GI);
  world.run(30_000);
  expect(evicted(world)).toEqual([]);
  world.run(10_000);
  expect(evicted(world)).toEqual(['web']);
  // The pod's own 30 s are less than the configured 60.
  expect(world.effects.findLast(({ type }) => type === 'stopContainer')).toMatchObject({
    timeoutSeconds: 30,
  });
});

test('statistics that cannot be read evict nobody, and the next pass tries again', () => {
  const world = nodeWith({ web: 7.5 });
  world.intercept = (effect) =>
    effect.type === 'readStats' ? { code: 'Unavailable', message: 'down' } : undefined;
  world.run(MINUTE_MS);
  expect(evicted(world)).toEqual([]);
  world.intercept = () => undefined;
  world.run(10_000);
  expect(evicted(world)).toEqual(['web']);
});

test('a pod that cannot be killed keeps the manager waiting, but not for ever', () => {
  const world = nodeWith({ web: 7.5 });
  world.run(5_000);
  world.intercept = (effect) =>
    effect.type === 'stopContainer' ? { code: 'Unknown', message: 'stuck' } : undefined;
  world.run(6_000);
  const passes = () => world.timesOf('readStats').filter((atMs) => atMs > 10_000).length;
  // 10 s for the kill, 30 s for the clean-up.
  world.run(35_000);
  expect(passes()).toBe(0);
  world.run(10_000);
  expect(passes()).toBeGreaterThan(0);
});

test('every pod over a limit of its own goes in one pass, without a condition of disruption', () => {
  const world = new World();
  const volumes = [{ name: 'cache', emptyDir: { sizeLimit: '1Mi' } }];
  for (const name of ['a', 'b', 'c']) apply(world, name, 0, { volumes });
  const used = (podUid: string, usedBytes: number) => ({ podUid, name: 'cache', usedBytes, inodesUsed: 1 });
  world.volumes = [used('a', 2 ** 21), used('b', 2 ** 20), used('c', 2 ** 22)];
  world.run(MINUTE_MS + 5_000);
  expect(evicted(world)).toEqual(['a', 'c']);
  const { conditions: told = [], message } = world.statuses.get('a') ?? {};
  expect(message).toBe('Usage of EmptyDir volume "cache" exceeds the limit "1Mi". ');
  expect(told.map(({ type }) => type)).not.toContain('DisruptionTarget');
});

test('short of disk, dead containers and images go before any pod', () => {
  const world = nodeWith({ web: 1 }, { evictionHard: { 'imagefs.available': '20%' } });
  for (const image of ['old:1', 'old:2']) world.images.add(image);
  world.run(3 * MINUTE_MS);
  world.imageFs = { capacityBytes: 100_000, availableBytes: 19_500 };
  const images = world.images;
  world.intercept = (effect) => {
    if (effect.type !== 'removeImage') return undefined;
    world.imageFs = { ...world.imageFs, availableBytes: world.imageFs.availableBytes + 1_000 };
    return undefined;
  };
  world.run(15_000);
  expect([...images]).toEqual(['busybox']);
  expect(evicted(world)).toEqual([]);
  expect(conditions(world)).toEqual(['DiskPressure']);
  world.imageFs = { capacityBytes: 100_000, availableBytes: 10_000 };
  world.run(15_000);
  expect(evicted(world)).toEqual(['web']);
});

test('whatever it is about, its state can be written down and read back', () => {
  const told = (restoreEveryMs: number) => {
    const world = nodeWith({ web: 1, db: 2 }, { evictionHard: { 'imagefs.available': '20%' } });
    world.tookMs = (effect) => (effect.type === 'startTimer' ? 0 : 300);
    world.run(150_000);
    world.imageFs = { capacityBytes: 100_000, availableBytes: 10_000 };
    for (let ranMs = 0; ranMs < MINUTE_MS; ranMs += restoreEveryMs) {
      world.run(restoreEveryMs);
      world.state = JSON.parse(JSON.stringify(world.state));
    }
    return [evicted(world), world.trace.filter(({ stage }) => stage === 'evict')];
  };
  expect(told(100)).toEqual(told(MINUTE_MS));
  expect(told(100)[0]).not.toEqual([]);
});

test('a pod that comes while images are removed is not the one that goes', () => {
  const world = nodeWith({ web: 1 }, { evictionHard: { 'imagefs.available': '20%' } });
  world.images.add('old:1');
  world.run(3 * MINUTE_MS);
  world.imageFs = { capacityBytes: 100_000, availableBytes: 10_000 };
  world.tookMs = (effect) => (effect.type === 'removeImage' ? 3_000 : 0);
  const isRemoving = () => world.state.eviction.phase.at === 'reclaiming';
  while (!isRemoving()) world.step();
  world.run(1_000);
  // Under this pressure only a critical pod comes in.
  apply(world, 'late', 0, { priority: 2_000_000_000 });
  world.run(5_000);
  expect(world.logged.find((line) => line.includes('pods ranked'))).not.toContain('late');
  expect(evicted(world)).toEqual(['web']);
});

test('without thresholds and without limits on storage nothing is measured', () => {
  const world = nodeWith({ web: 7.5 }, { evictionHard: {}, localStorageCapacityIsolation: false });
  world.run(MINUTE_MS);
  expect(world.timesOf('readStats').filter((atMs) => atMs > 0)).toEqual([]);
});
