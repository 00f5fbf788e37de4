/** What the API server does to pods of its own accord: creation, binding, updates, deletion with grace. */

import { DEFAULT_GRACE_SECONDS } from '../api/defaulting/pod.ts';
import type { KubeObject, Pod, PodStatus } from '../api/types.ts';
import { computePodQos } from '../kubelet/qos.ts';
import { isOwnedByKubelet } from '../kubelet/status/conditions.ts';
import { PodstepError } from '../lib/errors.ts';
import { sameData } from '../lib/same-data.ts';
import { formatTime, parseTime } from '../lib/time.ts';
import type { ClusterKey } from '../messages/cluster.ts';
import type { Told } from '../messages/why.ts';
import { settle } from './controllers.ts';
import { byUid, type Change, find, remove, replace, type Store, unchanged } from './store.ts';

/** The object as a Pod, if it is one. */
export function asPod(object: KubeObject): Pod | undefined {
  return object.kind === 'Pod' && object.apiVersion === 'v1' ? (object as unknown as Pod) : undefined;
}

function asObject(pod: Pod): KubeObject {
  return pod as unknown as KubeObject;
}

/** The store's pods, in the order in which they were created. */
export function podsOf(store: Store): readonly Pod[] {
  return [...store.objects.values()].flatMap((object) => asPod(object) ?? []);
}

/** A status in a manifest counts for nothing, and generations are counted from 1 (registry/core/pod/strategy.go, PrepareForCreate). */
export function newPod(object: KubeObject): KubeObject {
  const qosClass = computePodQos(object.spec as Pod['spec']);
  const metadata = { ...object.metadata, generation: 1 };
  return { ...object, metadata, status: { phase: 'Pending', qosClass } };
}

/** Counts the changes of what is wanted: 1 at first, one more with each change of the spec and with the deletion. */
export function generationOf({ metadata }: KubeObject): number {
  return typeof metadata.generation === 'number' ? metadata.generation : 1;
}

/** Binds a pod that names no node to the only one, as a scheduler with one node would. */
export function boundPod(object: KubeObject, nodeName: string): KubeObject {
  const spec = object.spec as { nodeName?: string; schedulingGates?: readonly unknown[] };
  if (spec.nodeName !== undefined || spec.schedulingGates?.length) return object;
  return { ...object, spec: { ...spec, nodeName } };
}

/**
 * The kubelet's status patch: conditions are merged by their type, so that those of others stay, also one that the
 * kubelet has not seen yet. A pod that is gone, or that another of its name replaced, takes none.
 */
export function patchPodStatus(store: Store, podUid: string, status: PodStatus): Change | undefined {
  const stored = byUid(store, podUid);
  if (stored === undefined) return undefined;
  const { conditions = [] } = status;
  const told = new Set(conditions.map(({ type }) => type));
  const ofOthers = ((stored.status as PodStatus | undefined)?.conditions ?? []).filter(
    ({ type }) => !told.has(type) && !isOwnedByKubelet(type),
  );
  const merged = ofOthers.length === 0 ? status : { ...status, conditions: [...conditions, ...ofOthers] };
  const next = { ...stored, status: onTheWire(merged) };
  return sameData(stored, next) ? unchanged(store, stored) : replace(store, next);
}

/**
 * As the API server's JSON has it: every condition carries the time of a probe that no kubelet ever sets, and empty
 * lists are left out (`omitempty` in core/v1 types.go).
 */
function onTheWire({ conditions, ...status }: PodStatus): Record<string, unknown> {
  const whole = conditions?.map(({ type, status: is, ...rest }) => ({
    type,
    status: is,
    lastProbeTime: null,
    ...rest,
  }));
  const fields = Object.entries({ ...status, ...(whole && { conditions: whole }) });
  return Object.fromEntries(fields.filter(([, value]) => !Array.isArray(value) || value.length > 0));
}

/** A condition that somebody other than the kubelet writes, such as a readiness gate's controller. */
export interface OutsideCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
}

/** That controller's patch of the pod's status. @throws PodstepError OBJECT_NOT_FOUND */
export function setPodCondition(
  store: Store,
  namespace: string,
  name: string,
  condition: OutsideCondition,
  atMs: number,
): Change {
  const pod = podNamed(store, namespace, name);
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== condition.type);
  const conditions = [...others, { ...condition, lastTransitionTime: formatTime(atMs) }];
  return replace(store, asObject({ ...pod, status: { ...pod.status, conditions } }));
}

export interface DeleteOptions {
  readonly atMs: number;
  /** Left out: the pod's own. 0: at once, without waiting for the kubelet (`--force`). */
  readonly gracePeriodSeconds?: number;
}

/**
 * `kubectl delete pod`: marks the pod, or removes it when nothing needs to be waited for.
 * @throws PodstepError OBJECT_NOT_FOUND
 */
export function deletePod(store: Store, namespace: string, name: string, options: DeleteOptions): Change {
  return deletePodObject(store, podNamed(store, namespace, name), options);
}

function podNamed(store: Store, namespace: string, name: string): Pod {
  const object = find(store, 'Pod', namespace, name);
  const pod = object && asPod(object);
  if (pod !== undefined) return pod;
  throw new PodstepError('OBJECT_NOT_FOUND', `pods "${name}" not found`, {
    advice: { key: 'cluster.noSuchPod', values: { namespace } } satisfies Told<ClusterKey>,
  });
}

/** The kubelet's last word on a pod: it is gone from the node, so it goes from the store. */
export function finishPod(store: Store, podUid: string, atMs: number): Change | undefined {
  const object = byUid(store, podUid);
  const pod = object && asPod(object);
  return pod && deletePodObject(store, pod, { atMs, gracePeriodSeconds: 0 });
}

/** Deletes a stored pod: apiserver registry/rest/delete.go, BeforeDelete, with registry/core/pod/strategy.go, CheckGracefulDelete. */
export function deletePodObject(store: Store, pod: Pod, options: DeleteOptions): Change {
  const graceSeconds = graceOf(pod, options.gracePeriodSeconds);
  const already = pod.metadata.deletionGracePeriodSeconds;
  if (graceSeconds === 0) return removeOrWait(store, pod, options.atMs);
  if (already === undefined) return marked(store, pod, options.atMs + graceSeconds * 1000, graceSeconds);
  // A second delete may only shorten the wait, counted from the first one.
  if (options.gracePeriodSeconds === undefined || graceSeconds >= already) {
    return unchanged(store, asObject(pod));
  }
  const endMs = parseTime(String(pod.metadata.deletionTimestamp)) ?? options.atMs;
  return marked(store, pod, endMs - already * 1000 + graceSeconds * 1000, graceSeconds);
}

function graceOf(pod: Pod, asked: number | undefined): number {
  const phase = pod.status?.phase;
  if (!pod.spec.nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  const graceSeconds = asked ?? pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  return graceSeconds < 0 ? 1 : graceSeconds;
}

function marked(store: Store, pod: Pod, atMs: number, graceSeconds: number): Change {
  const metadata = {
    ...pod.metadata,
    generation: generationOf(asObject(pod)) + 1,
    deletionTimestamp: formatTime(atMs),
    deletionGracePeriodSeconds: graceSeconds,
  };
  return replace(store, asObject({ ...pod, metadata }));
}

/** Finalizers keep an object in the store, marked, until whoever set them takes them away. */
function removeOrWait(store: Store, pod: Pod, atMs: number): Change {
  if (!pod.metadata.finalizers?.length) return settle(remove(store, asObject(pod)), atMs);
  if (pod.metadata.deletionGracePeriodSeconds === 0) return unchanged(store, asObject(pod));
  return marked(store, pod, atMs, 0);
}
