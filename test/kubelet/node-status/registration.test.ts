import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/api/types.ts';
import { World } from '../world.ts';

const REFUSED = { code: 'Unavailable', message: 'connection refused' } as const;

function conditionOf(node: KubeObject | undefined, type: string) {
  const { conditions = [] } = (node?.status ?? {}) as { conditions?: { type: string; status: string }[] };
  return conditions.find((condition) => condition.type === type)?.status;
}

test('a node registers after a tenth of a second, and is Ready at the next', () => {
  const world = new World();
  world.run(150);
  expect(conditionOf(world.objects.get('Node/node'), 'Ready')).toBe('False');
  world.run(100);
  expect(conditionOf(world.objects.get('Node/node'), 'Ready')).toBe('True');
  expect(world.objects.has('CSINode/node')).toBe(true);
});

test('a registration that fails is tried again after twice the wait, at most seven seconds', () => {
  const world = new World();
  world.intercept = ({ type }) => (type === 'createObject' ? REFUSED : undefined);
  world.run(30_000);
  const tried = world.timesOf('createObject');
  expect(tried.slice(0, 8)).toEqual([100, 300, 700, 1_500, 3_100, 6_300, 12_700, 19_700]);
});

test('an existing Node keeps what others wrote of it and gets the labels of the kubelet', () => {
  const world = new World();
  const metadata = { name: 'node', uid: 'n', labels: { 'kubernetes.io/hostname': 'old', zone: 'a' } };
  world.objects.set('Node/node', { apiVersion: 'v1', kind: 'Node', metadata, spec: { unschedulable: true } });
  world.intercept = (effect) =>
    effect.type === 'createObject' && effect.object.kind === 'Node'
      ? { code: 'AlreadyExists', message: 'nodes "node" already exists' }
      : undefined;
  world.run(1_000);
  const node = world.objects.get('Node/node');
  expect(node?.metadata.labels).toMatchObject({ 'kubernetes.io/hostname': 'node', zone: 'a' });
  expect(node?.spec).toEqual({ unschedulable: true });
  expect(conditionOf(node, 'Ready')).toBe('True');
});

test('a status that says nothing new is written each five minutes, the lease renewed each ten seconds', () => {
  const world = new World();
  world.run(1_000);
  const written = (kind: string) =>
    world.effects.filter((effect) => effect.type === 'updateObject' && effect.object.kind === kind).length;
  const before = written('Node');
  world.run(590_000);
  expect(written('Node') - before).toBe(1);
  // A period is stretched by up to four percent.
  expect(written('Lease')).toBeGreaterThanOrEqual(55);
  expect(written('Lease')).toBeLessThanOrEqual(59);
});

test('heartbeats that say nothing new are quiet steps', () => {
  const world = new World();
  world.run(15_000);
  const told = world.trace.length;
  world.run(60_000);
  expect(world.trace.slice(told)).toEqual([]);
});

test('a write of the status that fails is tried five times, and told once', () => {
  const world = new World();
  world.run(1_000);
  world.intercept = (effect) =>
    effect.type === 'updateObject' && effect.object.kind === 'Node' ? REFUSED : undefined;
  world.run(310_000);
  const tries = world.effects.filter(
    ({ type, owner, atMs }) => type === 'updateObject' && owner.key === 'node/status' && atMs > 1_000,
  );
  expect(tries.length).toBeGreaterThanOrEqual(5);
  expect(tries.length % 5).toBe(0);
  expect(world.trace.filter(({ why }) => why.key === 'node.notUpdated').length).toBe(tries.length / 5);
});

test('the images that are largest stand in the status, at most fifty', () => {
  const world = new World();
  for (let i = 0; i < 60; i++) world.images.add(`image:${i}`);
  world.run(45_000);
  const status = (world.objects.get('Node/node')?.status ?? {}) as { images?: readonly unknown[] };
  expect(status.images).toHaveLength(50);
});
