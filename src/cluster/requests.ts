/** What the kubelet asks of the API server besides patching its pods: create, update and delete objects. */

import type { Taint } from '../api/taints.ts';
import type { KubeObject } from '../api/types.ts';
import { sameData } from '../lib/same-data.ts';
import { settle } from './controllers.ts';
import { NEW_NODE_TAINT } from './node-lifecycle/taints.ts';
import { asPod, deletePodObject, newPod } from './pods.ts';
import { type Change, insert, isNamespaced, keyOf, remove, replace, type Store, unchanged } from './store.ts';

/** Why the API server refuses, in its own words (apimachinery pkg/api/errors/errors.go). */
export interface Refusal {
  readonly code: 'AlreadyExists' | 'NotFound' | 'Conflict';
  readonly message: string;
}

export type Answer = { readonly change: Change } | { readonly refusal: Refusal };

/** `nodes "node-1"`, `leases.coordination.k8s.io "node-1"`. */
function named(object: Pick<KubeObject, 'apiVersion' | 'kind'>, name: string): string {
  const group = object.apiVersion.includes('/') ? `.${object.apiVersion.split('/')[0]}` : '';
  return `${object.kind.toLowerCase()}s${group} "${name}"`;
}

const refused = (code: Refusal['code'], message: string): Answer => ({ refusal: { code, message } });

function placed(object: KubeObject): KubeObject {
  if (!isNamespaced(object.kind)) return object;
  return { ...object, metadata: { namespace: 'default', ...object.metadata } };
}

/** GET. */
export function getObject(
  store: Store,
  wanted: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  },
): { readonly object: KubeObject } | { readonly refusal: Refusal } {
  const { apiVersion, kind, namespace, name } = wanted;
  const place = isNamespaced(kind) ? { namespace, name } : { name };
  const object = store.objects.get(keyOf({ apiVersion, kind, metadata: place }));
  if (object !== undefined) return { object };
  return { refusal: { code: 'NotFound', message: `${named({ apiVersion, kind }, name)} not found` } };
}

/** POST. A pod begins Pending, whatever its status says. */
export function createObject(store: Store, wanted: KubeObject, atMs: number): Answer {
  const object = placed(wanted);
  const { name = '' } = object.metadata;
  if (store.objects.has(keyOf(object))) {
    return refused('AlreadyExists', `${named(object, name)} already exists`);
  }
  return { change: insert(store, created(object), atMs) };
}

function created(object: KubeObject): KubeObject {
  if (object.kind === 'Pod') return newPod(object);
  return object.kind === 'Node' ? newNode(object) : object;
}

/** A new node takes no pods before it is seen to be ready (plugin/pkg/admission/nodetaint). */
function newNode(object: KubeObject): KubeObject {
  const spec = (object.spec ?? {}) as { readonly taints?: readonly Taint[] };
  return { ...object, spec: { ...spec, taints: [...(spec.taints ?? []), NEW_NODE_TAINT] } };
}

/** PUT, of the whole object or of its status alone. */
export function updateObject(store: Store, wanted: KubeObject, subresource?: 'status'): Answer {
  const object = placed(wanted);
  const { name = '', resourceVersion, uid } = object.metadata;
  const stored = store.objects.get(keyOf(object));
  if (stored === undefined) return refused('NotFound', `${named(object, name)} not found`);
  const isOld = resourceVersion !== undefined && resourceVersion !== stored.metadata.resourceVersion;
  if (isOld || (uid !== undefined && uid !== stored.metadata.uid)) {
    return refused(
      'Conflict',
      `Operation cannot be fulfilled on ${named(object, name)}: the object has been modified; please apply your changes to the latest version and try again`,
    );
  }
  const next = subresource === 'status' ? withStatus(stored, object) : withoutStatus(stored, object);
  return { change: sameData(stored, next) ? unchanged(store, stored) : replace(store, next) };
}

function withStatus(stored: KubeObject, { status }: KubeObject): KubeObject {
  return status === undefined ? stored : { ...stored, status };
}

function withoutStatus(stored: KubeObject, object: KubeObject): KubeObject {
  const { uid, creationTimestamp, resourceVersion } = stored.metadata;
  const metadata = { ...object.metadata, uid, creationTimestamp, resourceVersion };
  const { status: _unasked, ...rest } = object;
  return { ...rest, metadata, ...(stored.status === undefined ? {} : { status: stored.status }) };
}

export interface DeleteRequest {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
  readonly gracePeriodSeconds?: number;
}

/** DELETE; a pod goes with its grace, everything else at once. */
export function deleteObject(store: Store, request: DeleteRequest, atMs: number): Answer {
  const { apiVersion = 'v1', kind, namespace, name, uid, gracePeriodSeconds } = request;
  const place = isNamespaced(kind) ? { namespace, name } : { name };
  const stored = store.objects.get(keyOf({ apiVersion, kind, metadata: place }));
  if (stored === undefined) return refused('NotFound', `${named({ apiVersion, kind }, name)} not found`);
  if (uid !== undefined && uid !== stored.metadata.uid) {
    return refused(
      'Conflict',
      `Operation cannot be fulfilled on ${named(stored, name)}: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${stored.metadata.uid}`,
    );
  }
  const pod = asPod(stored);
  if (pod === undefined) return { change: settle(remove(store, stored), atMs) };
  return {
    change: deletePodObject(store, pod, {
      atMs,
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    }),
  };
}
