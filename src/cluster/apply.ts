/** `kubectl apply` as the store sees it: a new object, the next version of one, or no change at all. */
import type { KubeObject, Pod } from '../api/types.ts';
import { forbidden } from '../api/validation/field-error.ts';
import { invalidMessage } from '../api/validation/invalid.ts';
import { validatePodCreate } from '../api/validation/pod.ts';
import { isResize, validatePodResize } from '../api/validation/pod-resize.ts';
import { validatePodUpdate } from '../api/validation/pod-update.ts';
import { computePodQos } from '../kubelet/qos.ts';
import { PodstepError } from '../lib/errors.ts';
import { sameData } from '../lib/same-data.ts';
import type { ClusterKey } from '../messages/cluster.ts';
import type { Told } from '../messages/why.ts';
import { makeNamespace } from './bootstrap.ts';
import { withClusterIP } from './cluster-ips.ts';
import { settle } from './controllers.ts';
import { generateName } from './names.ts';
import { admitPod, keepAdmitted } from './pod-admission.ts';
import { asPod, boundPod, generationOf, newPod } from './pods.ts';
import { admitServiceAccount } from './service-accounts.ts';
import {
  type Change,
  find,
  insert,
  isNamespaced,
  keyOf,
  remove,
  replace,
  type Store,
  unchanged,
} from './store.ts';

/** Kinds that a controller would turn into pods. */
const TEMPLATES: ReadonlySet<string> = new Set([
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
]);

/**
 * Accepts `object`, which the reader has defaulted and validated. A pod that names no node is bound to
 * `nodeName`, the only one there is.
 * @throws PodstepError BAD_MANIFEST when a stored pod may not change so.
 */
export function applyObject(
  store: Store,
  object: KubeObject,
  options: { readonly atMs: number; readonly nodeName: string },
): Change {
  const [named, random] = withName(object, store);
  const [home, notes] = withNamespace({ ...store, random }, named, options.atMs);
  const stored = home.store.objects.get(keyOf(named));
  const remarks = [...notes, ...notesOn(named, options.nodeName)];
  const [admitted, afterwards] = admit(home.store, named, stored);
  const ready = { ...home.store, random: afterwards };
  const change =
    stored === undefined
      ? insert(ready, created(home.store, admitted, options), options.atMs)
      : update(ready, stored, admitted);
  const { store: last, deltas } = settle(change, options.atMs);
  return {
    ...change,
    store: last,
    deltas: [...home.deltas, ...deltas],
    notes: [...remarks, ...change.notes],
  };
}

function withName(object: KubeObject, store: Store): [object: KubeObject, random: Store['random']] {
  const { name, generateName: base, namespace } = object.metadata;
  const place = isNamespaced(object.kind) ? { namespace: namespace ?? 'default' } : {};
  if (name !== undefined) return [{ ...object, metadata: { ...object.metadata, ...place } }, store.random];
  if (typeof base !== 'string') {
    const where = `${object.kind} without metadata.name`;
    throw new PodstepError('BAD_MANIFEST', `${where}: Required value: name or generateName is required`);
  }
  const [made, random] = generateName(base, store.random);
  return [{ ...object, metadata: { ...object.metadata, ...place, name: made } }, random];
}

/** The API server itself makes these (pkg/controlplane/controller/systemnamespaces). */
const OF_EVERY_CLUSTER = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** A lone kubelet has nobody who makes namespaces: they come into being when something is put in them. */
function withNamespace(
  store: Store,
  object: KubeObject,
  atMs: number,
): [home: Pick<Change, 'store' | 'deltas'>, notes: readonly Told<ClusterKey>[]] {
  const namespace = object.metadata.namespace;
  if (namespace === undefined || find(store, 'Namespace', '', namespace) !== undefined) {
    return [{ store, deltas: [] }, []];
  }
  const made = makeNamespace(store, namespace, atMs);
  if (OF_EVERY_CLUSTER.includes(namespace)) return [made, []];
  return [made, [{ key: 'cluster.namespaceMade', values: { namespace } }]];
}

/** What the API server's admission adds to an object; `stored` is the one before, for an update. */
function admit(
  store: Store,
  object: KubeObject,
  stored: KubeObject | undefined,
): readonly [object: KubeObject, random: Store['random']] {
  switch (object.kind) {
    case 'Pod':
      return admitServiceAccount(store, object, stored);
    case 'Service': {
      const { clusterIP } = (stored?.spec ?? {}) as { clusterIP?: string };
      const spec = { ...(clusterIP === undefined ? {} : { clusterIP }), ...(object.spec as object) };
      return withClusterIP(store, { ...object, spec });
    }
    case 'PersistentVolume':
    case 'PersistentVolumeClaim':
      return [withBinding(object, stored), store.random];
    default:
      return [object, store.random];
  }
}

/** What binding wrote stays when the manifest, which knows nothing of it, is applied again. */
function withBinding(object: KubeObject, stored: KubeObject | undefined): KubeObject {
  const annotations = {
    ...(stored?.metadata.annotations as object | undefined),
    ...(object.metadata.annotations as object | undefined),
  };
  return {
    ...object,
    metadata: { ...object.metadata, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: { ...(stored?.spec as object | undefined), ...(object.spec as object | undefined) },
  };
}

function created(store: Store, object: KubeObject, options: { readonly nodeName: string }): KubeObject {
  if (object.kind !== 'Pod') return object;
  const errors = validatePodCreate({ spec: object.spec as Pod['spec'] });
  if (errors.length > 0) {
    throw new PodstepError('BAD_MANIFEST', invalidMessage('Pod', object.metadata.name ?? '', errors));
  }
  return boundPod(newPod(admitPod(store, object)), options.nodeName);
}

function update(store: Store, stored: KubeObject, wanted: KubeObject): Change {
  const next: KubeObject = {
    ...wanted,
    metadata: { ...stored.metadata, ...mutableMeta(wanted) },
    ...(stored.status === undefined ? {} : { status: stored.status }),
  };
  if (stored.kind === 'Pod') {
    const spec = stored.spec as Pod['spec'];
    const kept = keepAdmitted(spec, next.spec as Pod['spec']);
    next.spec = { ...kept, ...(spec.nodeName === undefined ? {} : { nodeName: spec.nodeName }) };
    checkPodUpdate(stored, next);
    if (!sameData(stored.spec, next.spec)) next.metadata.generation = generationOf(stored) + 1;
  }
  checkImmutable(stored, next);
  // The last finalizer is gone from an object that only waited for that.
  if (next.metadata.deletionGracePeriodSeconds === 0 && !hasFinalizers(next)) return remove(store, next);
  return sameData(stored, next) ? unchanged(store, stored) : replace(store, next);
}

/** A ConfigMap or Secret that was declared immutable can only be deleted (ValidateConfigMapUpdate, ValidateSecretUpdate). */
function checkImmutable(stored: KubeObject, next: KubeObject): void {
  if (stored.immutable !== true) return;
  const fields = ['immutable', 'data', 'binaryData'].filter((field) => !sameData(stored[field], next[field]));
  if (fields.length === 0) return;
  const errors = fields.map((field) => forbidden(field, 'field is immutable when `immutable` is set'));
  throw new PodstepError('BAD_MANIFEST', invalidMessage(next.kind, next.metadata.name ?? '', errors));
}

function checkPodUpdate(stored: KubeObject, next: KubeObject): void {
  const [before, after] = [asPod(stored), asPod(next)];
  if (before === undefined || after === undefined) return;
  const errors = isResize(after.spec, before.spec)
    ? validatePodResize(after, before, {
        stored: computePodQos(before.spec),
        next: computePodQos(after.spec),
      })
    : validatePodUpdate(after, before);
  if (errors.length === 0) return;
  throw new PodstepError('BAD_MANIFEST', invalidMessage('Pod', before.metadata.name, errors), {
    advice: { key: 'cluster.deleteFirst' } satisfies Told<ClusterKey>,
  });
}

function hasFinalizers({ metadata }: KubeObject): boolean {
  return Array.isArray(metadata.finalizers) && metadata.finalizers.length > 0;
}

function mutableMeta(object: KubeObject): Record<string, unknown> {
  const { labels, annotations, finalizers } = object.metadata;
  return { labels, annotations, ...(finalizers === undefined ? {} : { finalizers }) };
}

function notesOn(object: KubeObject, own: string): Told<ClusterKey>[] {
  const name = object.metadata.name ?? '';
  if (TEMPLATES.has(object.kind)) {
    return [{ key: 'cluster.noController', values: { kind: object.kind, name } }];
  }
  if (object.kind !== 'Pod') return [];
  const spec = object.spec as { nodeName?: string; schedulingGates?: readonly unknown[] };
  if (spec.nodeName !== undefined && spec.nodeName !== own) {
    return [{ key: 'cluster.otherNode', values: { name, node: spec.nodeName, own } }];
  }
  return spec.schedulingGates?.length ? [{ key: 'cluster.gated', values: { name } }] : [];
}
