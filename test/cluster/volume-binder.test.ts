import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/types.ts';
import { applyObject } from '../../src/cluster/apply.ts';
import { bootstrap } from '../../src/cluster/bootstrap.ts';
import { deleteObject } from '../../src/cluster/requests.ts';
import { emptyStore, find, type Store } from '../../src/cluster/store.ts';
import { bindVolumes } from '../../src/cluster/volume-binder.ts';

const at = { atMs: Date.UTC(2026, 0, 1), nodeName: 'node-1' };
const cluster = bootstrap(emptyStore(1), at.atMs).store;

const volume = (name: string, storage: string, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, labels: { disk: name } },
  spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], storageClassName: 'manual', ...spec },
});
const claim = (name: string, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'manual',
    resources: { requests: { storage: '5Gi' } },
    ...spec,
  },
});
const pod = (claimName: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'user' },
  spec: {
    containers: [{ name: 'app', image: 'nginx' }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
  },
});

function apply(...objects: KubeObject[]): Store {
  return objects.reduce((store, object) => applyObject(store, object, at).store, cluster);
}
const volumeOf = (store: Store, name: string) =>
  (find(store, 'PersistentVolumeClaim', 'default', name)?.spec as { volumeName?: string } | undefined)
    ?.volumeName;
const phase = (store: Store, kind: string, name: string) =>
  (find(store, kind, kind.endsWith('Claim') ? 'default' : '', name)?.status as { phase?: string } | undefined)
    ?.phase;
const told = (store: Store) =>
  [...store.objects.values()].flatMap(({ kind, reason }) => (kind === 'Event' ? [reason] : []));

test('a claim gets the smallest volume that is large enough, whichever came first', () => {
  const large = volume('large', '50Gi');
  const small = volume('small', '10Gi');
  const tiny = volume('tiny', '1Gi');
  expect(phase(apply(large), 'PersistentVolume', 'large')).toBe('Available');
  expect(volumeOf(apply(claim('c'), large), 'c')).toBe('large');
  const store = apply(large, small, tiny, claim('c'));
  expect(volumeOf(store, 'c')).toBe('small');
  expect(phase(store, 'PersistentVolumeClaim', 'c')).toBe('Bound');
  expect(phase(store, 'PersistentVolume', 'small')).toBe('Bound');
  expect(phase(store, 'PersistentVolume', 'tiny')).toBe('Available');
});

test.each([
  ['class', { storageClassName: 'fast' }],
  ['access', { accessModes: ['ReadWriteMany'] }],
  ['mode', { volumeMode: 'Block' }],
  ['size', { resources: { requests: { storage: '11Gi' } } }],
  ['labels', { selector: { matchLabels: { disk: 'other' } } }],
])('a volume of another %s does not fit', (_, spec) => {
  const store = apply(volume('pv', '10Gi'), claim('c', spec));
  expect(volumeOf(store, 'c')).toBeUndefined();
  expect(told(store)).toEqual(['ProvisioningFailed']);
});

test('a volume is bound once, and what binding wrote outlives another apply of the manifest', () => {
  const store = apply(volume('pv', '10Gi'), claim('first'), claim('second'));
  expect([volumeOf(store, 'first'), volumeOf(store, 'second')]).toEqual(['pv', undefined]);
  const again = applyObject(store, volume('pv', '10Gi'), at);
  expect(again.deltas).toEqual([]);
});

test('a class may wait for the first pod that uses the claim', () => {
  const waiting: KubeObject = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'manual' },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
  const store = apply(waiting, volume('pv', '10Gi'), claim('c'));
  expect(volumeOf(store, 'c')).toBeUndefined();
  expect(told(store)).toEqual(['WaitForFirstConsumer']);
  expect(volumeOf(applyObject(store, pod('c'), at).store, 'c')).toBe('pv');
});

test('a volume whose claim is gone keeps its data to itself', () => {
  const store = apply(volume('pv', '10Gi'), claim('c'));
  const request = { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'c' };
  const answer = deleteObject(store, request, at.atMs);
  if (!('change' in answer)) throw new Error(answer.refusal.message);
  const released = bindVolumes(answer.change, at.atMs).store;
  expect(phase(released, 'PersistentVolume', 'pv')).toBe('Released');
  expect(volumeOf(applyObject(released, claim('c'), at).store, 'c')).toBeUndefined();
});
