import { expect, test } from 'vitest';
import { createObject, deleteObject, updateObject } from '../../src/cluster/requests.ts';
import { emptyStore, type Store } from '../../src/cluster/store.ts';

const lease = (holder: string, resourceVersion?: string) => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: {
    name: 'node-1',
    namespace: 'kube-node-lease',
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  },
  spec: { holderIdentity: holder },
});

function created(): Store {
  const answer = createObject(emptyStore(1), lease('node-1'), 0);
  if (!('change' in answer)) throw new Error(answer.refusal.message);
  return answer.change.store;
}

test('an object is created once', () => {
  expect(createObject(created(), lease('node-1'), 0)).toEqual({
    refusal: { code: 'AlreadyExists', message: 'leases.coordination.k8s.io "node-1" already exists' },
  });
});

test('an update of what is not there, or of an old version, is refused', () => {
  expect(updateObject(emptyStore(1), lease('x'))).toMatchObject({ refusal: { code: 'NotFound' } });
  expect(updateObject(created(), lease('x', '0'))).toEqual({
    refusal: {
      code: 'Conflict',
      message:
        'Operation cannot be fulfilled on leases.coordination.k8s.io "node-1": the object has been modified; please apply your changes to the latest version and try again',
    },
  });
});

test('an update keeps who the object is, and counts its version up', () => {
  const store = created();
  const answer = updateObject(store, lease('other', '1'));
  if (!('change' in answer)) throw new Error(answer.refusal.message);
  expect(answer.change.object).toMatchObject({
    metadata: { name: 'node-1', uid: expect.any(String), resourceVersion: '2' },
    spec: { holderIdentity: 'other' },
  });
});

test('a status update changes the status alone, another update everything else', () => {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: { a: 1 }, status: { b: 1 } };
  const first = createObject(emptyStore(1), node, 0);
  if (!('change' in first)) throw new Error(first.refusal.message);
  const { store } = first.change;
  const wanted = { ...node, spec: { a: 2 }, status: { b: 2 } };
  expect(updateObject(store, wanted, 'status')).toMatchObject({
    change: { object: { spec: { a: 1 }, status: { b: 2 } } },
  });
  expect(updateObject(store, wanted)).toMatchObject({
    change: { object: { spec: { a: 2 }, status: { b: 1 } } },
  });
});

test('a deletion names the object that it means', () => {
  const request = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    namespace: 'kube-node-lease',
    name: 'node-1',
  };
  expect(deleteObject(created(), { ...request, uid: 'other' }, 0)).toMatchObject({
    refusal: { code: 'Conflict' },
  });
  expect(deleteObject(created(), request, 0)).toMatchObject({ change: { deltas: [{ type: 'DELETED' }] } });
  expect(deleteObject(emptyStore(1), request, 0)).toMatchObject({ refusal: { code: 'NotFound' } });
});
