/** The two wires between object store and kubelet: the watch on its pods, and what it writes back. */
import type { Pod } from '../api/types.ts';
import { WATCHED_KINDS } from '../kubelet/objects/object-cache.ts';
import type { KubeletEventBody } from '../machines/events.ts';
import { asPod } from './pods.ts';
import type { Delta } from './store.ts';

/**
 * What the kubelet's watch (`spec.nodeName=<nodeName>`) makes of a delta; undefined when it sees nothing of
 * it. The kubelet's own status patches come back to a real one too, and change nothing there
 * (pkg/kubelet/config/config.go, RECONCILE): whoever made the patch leaves its delta out.
 */
export function toKubelet(delta: Delta, nodeName: string): KubeletEventBody | undefined {
  const pod = asPod(delta.object);
  if (pod === undefined) return watched(delta, nodeName);
  if (pod.spec.nodeName !== nodeName) return undefined;
  return { type: EVENT_OF[delta.type], source: 'api', pod } satisfies KubeletEventBody & { pod: Pod };
}

/** Of the nodes it sees its own alone. */
function watched({ type, object }: Delta, nodeName: string): KubeletEventBody | undefined {
  if (!WATCHED_KINDS.has(object.kind)) return undefined;
  if (object.kind === 'Node' && object.metadata.name !== nodeName) return undefined;
  return { type: type === 'DELETED' ? 'ObjectRemoved' : 'ObjectChanged', object };
}

const EVENT_OF = { ADDED: 'PodAdded', MODIFIED: 'PodUpdated', DELETED: 'PodRemoved' } as const;
