/** What stands in for the scheduler: an applied pod without a node is bound to the one of the run, and that is told. */
import type { KubeObject, Pod } from '../api/types.ts';
import { scheduled } from '../kubelet/events/texts.ts';
import type { Changes } from './bootstrap.ts';
import { recordEventsV1 } from './events.ts';
import { asPod } from './pods.ts';
import type { Store } from './store.ts';

/** The pod that applying `wanted` made and bound; undefined when it named its node itself, or was there before. */
export function newlyBound(
  wanted: KubeObject,
  change: Changes & { readonly object: KubeObject },
): Pod | undefined {
  const isNew = change.deltas.some(({ type, object }) => type === 'ADDED' && object.kind === 'Pod');
  const named = (wanted.spec as { nodeName?: string } | undefined)?.nodeName;
  const pod = asPod(change.object);
  return isNew && named === undefined && pod?.spec.nodeName !== undefined ? pod : undefined;
}

/** Records what the scheduler says of a pod that it bound (pkg/scheduler, schedule_one.go). */
export function recordScheduled(store: Store, { metadata, spec }: Pod, atMs: number): Changes {
  const { namespace, name, uid, resourceVersion } = metadata;
  const involvedObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
    name,
    uid,
    resourceVersion: String(resourceVersion),
  };
  const event = {
    involvedObject,
    ...scheduled(namespace, name, spec.nodeName ?? ''),
    action: 'Binding',
    reportingComponent: 'default-scheduler',
    reportingInstance: 'default-scheduler-control-plane',
  };
  return recordEventsV1(store, event, atMs);
}
