/** What the cluster's controllers make of a change; they run at once, after every change that can concern them. */
import type { KubeObject, Pod } from '../api/types.ts';
import { type Changes, furnish } from './bootstrap.ts';
import { find, insert, remove, type Store } from './store.ts';
import { BINDER_KINDS, bindVolumes } from './volume-binder.ts';

/** The change, and what comes of it. */
export function settle<Change extends Changes>(change: Change, atMs: number): Change {
  let settled: Changes = change;
  for (const { type, object } of change.deltas) {
    if (type === 'DELETED') settled = collectOwned(settled, object);
    if (type !== 'ADDED') continue;
    if (object.kind === 'Namespace') settled = furnish(settled, object.metadata.name ?? '', atMs);
    if (object.kind === 'Pod') settled = claimEphemeral(settled, object as unknown as Pod, atMs);
  }
  const binds = settled.deltas.some(({ object }) => BINDER_KINDS.has(object.kind));
  const { store, deltas } = binds ? bindVolumes(settled, atMs) : settled;
  return { ...change, store, deltas };
}

interface OwnerReference {
  readonly uid?: string;
}

/** pkg/controller/garbagecollector: what belonged to the object goes with it. */
function collectOwned(before: Changes, { metadata }: KubeObject): Changes {
  const owned = [...before.store.objects.values()].filter((object) =>
    ((object.metadata.ownerReferences ?? []) as readonly OwnerReference[]).some(
      ({ uid }) => uid === metadata.uid,
    ),
  );
  return owned.reduce((changes, object) => joined(changes, remove(changes.store, object)), before);
}

/** pkg/controller/volume/ephemeral: a claim of the pod's own for each volume that brings a template of one. */
function claimEphemeral(before: Changes, pod: Pod, atMs: number): Changes {
  const { name: podName, namespace, uid } = pod.metadata;
  return (pod.spec.volumes ?? []).reduce((changes, { name, ephemeral }) => {
    const template = ephemeral?.volumeClaimTemplate;
    const claimName = `${podName}-${name}`;
    if (template === undefined || exists(changes.store, namespace, claimName)) return changes;
    const owner = { apiVersion: 'v1', kind: 'Pod', name: podName, uid };
    const claim: KubeObject = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        ...(template.metadata as object | undefined),
        name: claimName,
        namespace,
        ownerReferences: [{ ...owner, blockOwnerDeletion: true, controller: true }],
      },
      spec: { volumeMode: 'Filesystem', ...template.spec },
      status: { phase: 'Pending' },
    };
    return joined(changes, insert(changes.store, claim, atMs));
  }, before);
}

const exists = (store: Store, namespace: string, name: string) =>
  find(store, 'PersistentVolumeClaim', namespace, name) !== undefined;

function joined(before: Changes, { store, deltas }: Changes): Changes {
  return { store, deltas: [...before.deltas, ...deltas] };
}
