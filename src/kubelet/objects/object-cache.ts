/** What the kubelet's informers have seen: the objects that pods refer to, and the kubelet's own Node. */
import type { KubeObject } from '../../api/types.ts';
import { type Draft, update } from '../draft.ts';

/** By `<kind>/<namespace>/<name>`; the namespace of a cluster-wide object is empty. */
export type ObjectCache = Readonly<Record<string, KubeObject>>;

/** The kinds that a kubelet watches besides pods (pkg/kubelet/kubelet.go: service, node and runtime class informers, the configmap, secret and volume managers). */
export const WATCHED_KINDS: ReadonlySet<string> = new Set([
  'ConfigMap',
  'Secret',
  'Service',
  'Node',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'RuntimeClass',
]);

const keyOf = ({ kind, metadata }: KubeObject): string =>
  `${kind}/${metadata.namespace ?? ''}/${metadata.name ?? ''}`;

/** The newest that was seen of an object; undefined when there is none. */
export function seenObject(
  objects: ObjectCache,
  kind: string,
  namespace: string,
  name: string,
): KubeObject | undefined {
  return objects[`${kind}/${namespace}/${name}`];
}

/** An object was added or changed, by others or by the kubelet's own request. */
export function objectSeen(draft: Draft, object: KubeObject): void {
  if (!WATCHED_KINDS.has(object.kind)) return;
  update(draft, { objects: { ...draft.state.objects, [keyOf(object)]: object } });
}

/** An object was deleted. */
export function objectGone(draft: Draft, object: KubeObject): void {
  const { [keyOf(object)]: _gone, ...objects } = draft.state.objects;
  update(draft, { objects });
}
