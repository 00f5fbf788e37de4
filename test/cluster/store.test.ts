import { expect, test } from 'vitest';
import type { CoreEvent, KubeObject } from '../../src/api/types.ts';
import { applyObject } from '../../src/cluster/apply.ts';
import { bootstrap } from '../../src/cluster/bootstrap.ts';
import { recordEvent } from '../../src/cluster/events.ts';
import { deletePod, finishPod, patchPodStatus, podsOf } from '../../src/cluster/pods.ts';
import { type Change, emptyStore, find, type Store } from '../../src/cluster/store.ts';
import { toKubelet } from '../../src/cluster/wires.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const at = { atMs: NOW_MS, nodeName: 'node-1' };

const pod = (spec: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', ...metadata },
  spec: { containers: [{ name: 'app', image: 'nginx:1' }], terminationGracePeriodSeconds: 30, ...spec },
  status: { phase: 'Running' },
});

const stored = (change: Change) => podsOf(change.store)[0];
const cluster = bootstrap(emptyStore(1), NOW_MS).store;
const put = (object = pod(), store: Store = cluster) => applyObject(store, object, at);

test('a new pod gets a UID, a version, a time, a namespace, a node, and no status of its own making', () => {
  const change = put();
  expect(change.object.metadata).toMatchObject({
    name: 'web',
    namespace: 'default',
    uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    resourceVersion: '5',
    creationTimestamp: '2026-01-01T00:00:00Z',
  });
  expect(stored(change)?.spec.nodeName).toBe('node-1');
  expect(stored(change)?.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  expect(change.deltas.map(({ type, object }) => `${type} ${object.kind}`)).toEqual(['ADDED Pod']);
  expect(put().object).toEqual(change.object);
});

test('applying the same again changes nothing, a new image is an update, any other field is refused', () => {
  const first = put();
  expect(put(pod(), first.store).deltas).toEqual([]);
  const updated = put(pod({ containers: [{ name: 'app', image: 'nginx:2' }] }), first.store);
  expect(updated.deltas.map(({ type }) => type)).toEqual(['MODIFIED']);
  expect(updated.object.metadata.uid).toBe(first.object.metadata.uid);
  const command = pod({ containers: [{ name: 'app', image: 'nginx:1', command: ['x'] }] });
  expect(() => put(command, first.store)).toThrow(/pod updates may not change fields/);
});

test('the generation counts what is wanted: creation, a new spec, the deletion, but no status', () => {
  const generation = (change: Change | undefined) => change?.object.metadata.generation;
  const first = put(pod({}, { generation: 7 }));
  expect(generation(first)).toBe(1);
  const uid = String(first.object.metadata.uid);
  expect(generation(patchPodStatus(first.store, uid, { phase: 'Running' }))).toBe(1);
  expect(generation(put(pod({}, { labels: { a: 'b' } }), first.store))).toBe(1);
  const updated = put(pod({ containers: [{ name: 'app', image: 'nginx:2' }] }), first.store);
  expect(generation(updated)).toBe(2);
  expect(generation(deletePod(updated.store, 'default', 'web', { atMs: NOW_MS }))).toBe(3);
});

test('a status patch takes nothing away that others have written', () => {
  const condition = (type: string, status: 'True' | 'False') => ({ type, status });
  const { store, object } = put();
  const uid = String(object.metadata.uid);
  const gated = patchPodStatus(store, uid, {
    conditions: [condition('example.com/ready', 'True'), condition('PodResizePending', 'True')],
  });
  const next = patchPodStatus(gated?.store ?? store, uid, { conditions: [condition('Ready', 'True')] });
  const { conditions = [] } = (next?.object.status ?? {}) as { conditions?: { type: string }[] };
  // What is the kubelet's own goes when it no longer says it.
  expect(conditions.map(({ type }) => type)).toEqual(['Ready', 'example.com/ready']);
});

test('the kubelet sees the pods that are bound to its node, and no others', () => {
  const own = put().deltas.flatMap((delta) => toKubelet(delta, 'node-1') ?? []);
  expect(own.map(({ type }) => type)).toEqual(['PodAdded']);
  const foreign = put(pod({ nodeName: 'foo-node' }));
  expect(foreign.deltas.flatMap((delta) => toKubelet(delta, 'node-1') ?? [])).toEqual([]);
  expect(foreign.notes.map(({ key }) => key)).toEqual(['cluster.otherNode']);
  const gated = put(pod({ schedulingGates: [{ name: 'wait' }] }));
  expect(gated.deltas.flatMap((delta) => toKubelet(delta, 'node-1') ?? [])).toEqual([]);
  expect(gated.notes.map(({ key }) => key)).toEqual(['cluster.gated']);
});

test('a deleted pod is marked with its grace and stays until the kubelet is done with it', () => {
  const marked = deletePod(put().store, 'default', 'web', { atMs: NOW_MS });
  expect(marked.object.metadata).toMatchObject({
    deletionTimestamp: '2026-01-01T00:00:30Z',
    deletionGracePeriodSeconds: 30,
  });
  expect(marked.deltas.map(({ type }) => type)).toEqual(['MODIFIED']);
  const gone = finishPod(marked.store, String(marked.object.metadata.uid), NOW_MS + 1000);
  expect(gone?.deltas.map(({ type }) => type)).toEqual(['DELETED']);
  expect(podsOf(gone?.store ?? marked.store)).toEqual([]);
});

test('a second delete may shorten the grace, counted from the first, and never lengthens it', () => {
  const marked = deletePod(put().store, 'default', 'web', { atMs: NOW_MS });
  const later = { atMs: NOW_MS + 10_000 };
  const shorter = deletePod(marked.store, 'default', 'web', { ...later, gracePeriodSeconds: 5 });
  expect(shorter.object.metadata.deletionTimestamp).toBe('2026-01-01T00:00:05Z');
  const longer = deletePod(shorter.store, 'default', 'web', { ...later, gracePeriodSeconds: 60 });
  expect(longer.deltas).toEqual([]);
});

test('a delete does not wait where there is nothing to wait for', () => {
  const first = put();
  const removedBy = (store: Store, gracePeriodSeconds?: number) =>
    deletePod(store, 'default', 'web', {
      atMs: NOW_MS,
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    }).deltas.map(({ type }) => type);
  expect(removedBy(first.store, 0)).toEqual(['DELETED']);
  const finished = patchPodStatus(first.store, String(first.object.metadata.uid), { phase: 'Succeeded' });
  expect(removedBy(finished?.store ?? first.store)).toEqual(['DELETED']);
  expect(removedBy(put(pod({ schedulingGates: [{ name: 'wait' }] })).store)).toEqual(['DELETED']);
  expect(() => removedBy(emptyStore(1))).toThrow('pods "web" not found');
});

test('a pod with a finalizer is marked with grace 0 and waits for whoever set it', () => {
  const held = put(pod({}, { finalizers: ['example.com/hold'] }));
  const change = deletePod(held.store, 'default', 'web', { atMs: NOW_MS, gracePeriodSeconds: 0 });
  expect(change.object.metadata.deletionGracePeriodSeconds).toBe(0);
  const freed = put(pod({}, { finalizers: [] }), change.store);
  expect(freed.deltas.map(({ type }) => type)).toEqual(['DELETED']);
});

test('a status patch for a pod that is gone is nothing', () => {
  expect(patchPodStatus(emptyStore(1), 'nobody', { phase: 'Running' })).toBeUndefined();
  expect(finishPod(emptyStore(1), 'nobody', NOW_MS)).toBeUndefined();
});

test('the same event again raises its count', () => {
  const involvedObject = { kind: 'Pod', namespace: 'default', name: 'web', uid: 'u' };
  const event = { reason: 'Killing', message: 'Stopping', type: 'Normal', involvedObject, metadata: {} };
  const first = recordEvent(emptyStore(1), event as CoreEvent, NOW_MS);
  const second = recordEvent(first.store, event as CoreEvent, NOW_MS + 5000);
  const other = recordEvent(second.store, { ...event, message: 'Gone' } as CoreEvent, NOW_MS + 5000);
  expect(second.object).toMatchObject({
    count: 2,
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:00:05Z',
  });
  expect([...other.store.objects.values()]).toHaveLength(2);
});

test('events are bounded', () => {
  let store = emptyStore(1);
  for (let i = 0; i < 1100; i++) {
    const involvedObject = { kind: 'Pod', namespace: 'default', name: `web-${i}`, uid: `u${i}` };
    store = recordEvent(store, { reason: 'R', involvedObject, metadata: {} } as CoreEvent, NOW_MS).store;
  }
  expect(store.objects.size).toBe(1000);
});

test('a namespace is made on demand and said to be; a template is stored and said to make no pods', () => {
  expect(put(pod({}, { namespace: 'shop' })).notes).toEqual([
    { key: 'cluster.namespaceMade', values: { namespace: 'shop' } },
  ]);
  expect(put(pod({}, { namespace: 'kube-system' })).notes).toEqual([]);
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: {} };
  const change = put(deployment);
  expect(change.notes.map(({ key }) => key)).toEqual(['cluster.noController']);
  expect(change.store.objects.get('apps/Deployment/default/web')).toBeDefined();
});

test('a generated name is the base and five characters, the same for the same seed', () => {
  const named = () => put(pod({}, { name: undefined, generateName: 'web-' })).object.metadata.name;
  expect(named()).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  expect(named()).toBe(named());
  expect(() => put(pod({}, { name: undefined }))).toThrow(/name or generateName is required/);
});

test('cluster-scoped objects have no namespace', () => {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } };
  expect(find(put(node).store, 'Node', 'ignored', 'node-1')?.metadata.namespace).toBeUndefined();
});
