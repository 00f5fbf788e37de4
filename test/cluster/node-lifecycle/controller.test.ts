import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/api/types.ts';
import { monitorNodes, NO_NODES, taintNode } from '../../../src/cluster/node-lifecycle/controller.ts';
import { peerNode } from '../../../src/cluster/node-lifecycle/peer.ts';
import { defaultTolerations } from '../../../src/cluster/node-lifecycle/tolerations.ts';
import { emptyStore, find, insert, replace, type Store } from '../../../src/cluster/store.ts';

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default' },
  spec: { nodeName: 'node-1', containers: [], tolerations: defaultTolerations([]) },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
};

/** A cluster of one node with a pod, and of others that are well. */
function cluster(peers: readonly string[]) {
  let store: Store = emptyStore(1);
  for (const name of ['node-1', ...peers]) store = insert(store, peerNode(name, 0), 0).store;
  store = insert(store, pod, 0).store;
  let lifecycle = NO_NODES;
  let nowMs = 0;
  return {
    get store() {
      return store;
    },
    /** Passes each five seconds; with `heard`, the node renews its heartbeat before each. */
    run(forMs: number, heard = false) {
      for (const endMs = nowMs + forMs; nowMs < endMs; ) {
        nowMs += 5_000;
        if (heard) beat(nowMs);
        ({ store, lifecycle } = monitorNodes(store, lifecycle, nowMs, new Set(peers)));
      }
    },
  };
  function beat(atMs: number) {
    const node = find(store, 'Node', '', 'node-1');
    if (node === undefined) throw new Error('the node is there');
    store = replace(store, { ...node, status: peerNode('node-1', atMs).status as object }).store;
    store = taintNode(store, 'node-1', atMs).store;
  }
}

const taintsOf = (store: Store) => {
  const { taints = [] } = (find(store, 'Node', '', 'node-1')?.spec ?? {}) as {
    taints?: { key: string; effect: string }[];
  };
  return taints.map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`);
};
const readyOf = (store: Store, kind: string, name: string) => {
  const object = find(store, kind, kind === 'Pod' ? 'default' : '', name);
  const { conditions = [] } = (object?.status ?? {}) as { conditions?: { type: string; status: string }[] };
  return conditions.find(({ type }) => type === 'Ready')?.status;
};
const isDeleted = (store: Store) =>
  find(store, 'Pod', 'default', 'web')?.metadata.deletionTimestamp !== undefined;

test('a node that is heard of is left alone', () => {
  const world = cluster([]);
  world.run(600_000, true);
  expect(taintsOf(world.store)).toEqual([]);
  expect(readyOf(world.store, 'Pod', 'web')).toBe('True');
});

test('after fifty seconds of silence the node is unknown and its pods are not ready', () => {
  const world = cluster(['node-2']);
  world.run(55_000);
  expect(readyOf(world.store, 'Node', 'node-1')).toBe('True');
  world.run(5_000);
  expect(readyOf(world.store, 'Node', 'node-1')).toBe('Unknown');
  expect(readyOf(world.store, 'Pod', 'web')).toBe('False');
  expect(taintsOf(world.store)).toEqual(['unreachable:NoSchedule']);
  world.run(5_000);
  expect(taintsOf(world.store)).toEqual(['unreachable:NoSchedule', 'unreachable:NoExecute']);
});

test('three hundred seconds after the taint its pods are deleted', () => {
  const world = cluster(['node-2']);
  world.run(360_000);
  expect(isDeleted(world.store)).toBe(false);
  world.run(5_000);
  expect(isDeleted(world.store)).toBe(true);
});

test('a node that comes back in time keeps its pods', () => {
  const world = cluster(['node-2']);
  world.run(200_000);
  world.run(600_000, true);
  expect(taintsOf(world.store)).toEqual([]);
  expect(isDeleted(world.store)).toBe(false);
});

test('where no node is Ready any more, nobody is evicted', () => {
  const world = cluster([]);
  world.run(1_200_000);
  expect(taintsOf(world.store)).toEqual(['unreachable:NoSchedule']);
  expect(isDeleted(world.store)).toBe(false);
});
