/**
 * The object store: what the API server keeps in etcd, as a value. Every change gives the next store and the
 * deltas that a watch would see; nothing here knows the time or draws chance of its own.
 */
import type { KubeObject } from '../api/types.ts';
import { nextUuid, type RandomState, seedRandom } from '../lib/random.ts';
import { formatTime } from '../lib/time.ts';
import type { ClusterKey } from '../messages/cluster.ts';
import type { Told } from '../messages/why.ts';

export interface Store {
  readonly objects: ReadonlyMap<string, KubeObject>;
  /** The last one given out; one counter for all objects, as etcd's revision is. */
  readonly resourceVersion: number;
  readonly random: RandomState;
}

export interface Delta {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

/** What became of a request: the next store, what a watch sees, and remarks for whoever asked. */
export interface Change {
  readonly store: Store;
  readonly object: KubeObject;
  readonly deltas: readonly Delta[];
  readonly notes: readonly Told<ClusterKey>[];
}

/** Kinds that live outside namespaces, of those that people apply beside pods. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  'Namespace',
  'Node',
  'PersistentVolume',
  'StorageClass',
  'PriorityClass',
  'RuntimeClass',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'CSIDriver',
  'CSINode',
  'IngressClass',
]);

export function emptyStore(seed: number): Store {
  return { objects: new Map(), resourceVersion: 0, random: seedRandom(seed) };
}

export function isNamespaced(kind: string): boolean {
  return !CLUSTER_SCOPED.has(kind);
}

/** The object's place: its group (the version does not count), kind, namespace and name. */
export function keyOf(object: KubeObject): string {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
  return [group, object.kind, object.metadata.namespace ?? '', object.metadata.name ?? ''].join('/');
}

/** `group` is the API group of the kind; the core group has no name. */
export function find(
  store: Store,
  kind: string,
  namespace: string,
  name: string,
  group = '',
): KubeObject | undefined {
  return store.objects.get([group, kind, isNamespaced(kind) ? namespace : '', name].join('/'));
}

export function byUid(store: Store, uid: string): KubeObject | undefined {
  for (const object of store.objects.values()) if (object.metadata.uid === uid) return object;
  return undefined;
}

/** Adds a new object: it gets its UID, its creation time and its first resource version here. */
export function insert(store: Store, object: KubeObject, atMs: number): Change {
  const [uid, random] = nextUuid(store.random);
  const metadata = { ...object.metadata, uid, creationTimestamp: formatTime(atMs) };
  return write({ ...store, random }, { ...object, metadata }, 'ADDED');
}

/** Puts the next version of an object in place of the one before. */
export function replace(store: Store, object: KubeObject): Change {
  return write(store, object, 'MODIFIED');
}

export function remove(store: Store, object: KubeObject): Change {
  const objects = new Map(store.objects);
  objects.delete(keyOf(object));
  const resourceVersion = store.resourceVersion + 1;
  const last = versioned(object, resourceVersion);
  return {
    store: { ...store, objects, resourceVersion },
    object: last,
    deltas: [{ type: 'DELETED', object: last }],
    notes: [],
  };
}

/** A change of nothing. */
export function unchanged(store: Store, object: KubeObject): Change {
  return { store, object, deltas: [], notes: [] };
}

function write(store: Store, object: KubeObject, type: Delta['type']): Change {
  const resourceVersion = store.resourceVersion + 1;
  const stored = versioned(object, resourceVersion);
  const objects = new Map(store.objects).set(keyOf(stored), stored);
  return {
    store: { ...store, objects, resourceVersion },
    object: stored,
    deltas: [{ type, object: stored }],
    notes: [],
  };
}

function versioned(object: KubeObject, resourceVersion: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(resourceVersion) } };
}
