/**
 * The controller of persistent volumes: binds claims to volumes, and tells claims why they wait. It runs after
 * every change, so that what it does is done at once. Follows pkg/controller/volume/persistentvolume/pv_controller.go.
 */
import type { CoreEvent, KubeObject, Pod } from '../api/types.ts';
import type { Changes } from './bootstrap.ts';
import { recordEvent } from './events.ts';
import { find, replace, type Store } from './store.ts';
import { claimSpec, isBoundTo, matchingVolume, phaseOf, volumeSpec } from './volume-binding.ts';

const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';

/** Kinds whose changes can bind something. */
export const BINDER_KINDS: ReadonlySet<string> = new Set([
  'PersistentVolume',
  'PersistentVolumeClaim',
  'StorageClass',
  'Pod',
]);

/** One round over all volumes and claims. */
export function bindVolumes(before: Changes, atMs: number): Changes {
  const volumes = ofKind(before.store, 'PersistentVolume').reduce(settleVolume, before);
  return ofKind(volumes.store, 'PersistentVolumeClaim').reduce(
    (changes, claim) => syncClaim(changes, claim, atMs),
    volumes,
  );
}

function ofKind(store: Store, kind: string): readonly KubeObject[] {
  return [...store.objects.values()].filter((object) => object.kind === kind);
}

function replaced(before: Changes, object: KubeObject): Changes {
  const { store, deltas } = replace(before.store, object);
  return { store, deltas: [...before.deltas, ...deltas] };
}

function withPhase(before: Changes, object: KubeObject, phase: string, rest: object = {}): Changes {
  if (phaseOf(object) === phase) return before;
  return replaced(before, { ...object, status: { ...(object.status as object), phase, ...rest } });
}

/** syncVolume: without a claim it is to be had; with one that is gone its data waits for somebody to look. */
function settleVolume(before: Changes, volume: KubeObject): Changes {
  const { claimRef } = volumeSpec(volume);
  if (claimRef === undefined) return withPhase(before, volume, 'Available');
  const { namespace = '', name = '', uid } = claimRef;
  const claim = find(before.store, 'PersistentVolumeClaim', namespace, name);
  if (uid === undefined)
    return phaseOf(volume) === 'Pending' ? withPhase(before, volume, 'Available') : before;
  return claim?.metadata.uid === uid ? before : withPhase(before, volume, 'Released');
}

function syncClaim(before: Changes, claim: KubeObject, atMs: number): Changes {
  const { store } = before;
  if (phaseOf(claim) === 'Bound') {
    const volume = find(store, 'PersistentVolume', '', claimSpec(claim).volumeName ?? '');
    if (volume !== undefined && isBoundTo(volume, claim)) return before;
    const lost = withPhase(before, claim, 'Lost');
    const message = 'Bound claim has lost its PersistentVolume. Data on the volume is lost!';
    return told(lost, claim, { type: 'Warning', reason: 'ClaimLost', message }, atMs);
  }
  if (phaseOf(claim) === 'Lost') return before;
  const waits = waitsForConsumer(store, claim);
  const volume = waits ? undefined : matchingVolume(claim, ofKind(store, 'PersistentVolume'));
  if (volume !== undefined) return bind(before, claim, volume);
  const why = waits ? WAITS_FOR_CONSUMER : whyPending(store, claim);
  return told(before, claim, why, atMs);
}

type Text = Pick<CoreEvent, 'type' | 'reason' | 'message'>;

const WAITS_FOR_CONSUMER: Text = {
  type: 'Normal',
  reason: 'WaitForFirstConsumer',
  message: 'waiting for first consumer to be created before binding',
};

/** A class may want the claim to wait until a pod uses it, which is when one knows the node. */
function waitsForConsumer(store: Store, claim: KubeObject): boolean {
  const { storageClassName = '', volumeName } = claimSpec(claim);
  const storageClass = find(store, 'StorageClass', '', storageClassName, 'storage.k8s.io');
  if (volumeName || storageClass?.volumeBindingMode !== 'WaitForFirstConsumer') return false;
  const pods = ofKind(store, 'Pod') as unknown as readonly Pod[];
  return !pods.some(
    ({ metadata, spec }) =>
      metadata.namespace === claim.metadata.namespace &&
      spec.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === claim.metadata.name),
  );
}

/** syncUnboundClaim: nothing here makes volumes, so a claim without one waits. */
function whyPending(store: Store, claim: KubeObject): Text {
  const { storageClassName: name = '' } = claimSpec(claim);
  if (name === '') {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    return { type: 'Normal', reason: 'FailedBinding', message };
  }
  const storageClass = find(store, 'StorageClass', '', name, 'storage.k8s.io');
  if (storageClass === undefined) {
    const message = `storageclass.storage.k8s.io "${name}" not found`;
    return { type: 'Warning', reason: 'ProvisioningFailed', message };
  }
  const provisioner = String(storageClass.provisioner ?? '');
  const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
  return { type: 'Normal', reason: 'ExternalProvisioning', message };
}

/** Both sides name each other: first the volume, then the claim (bind). */
function bind(before: Changes, claim: KubeObject, volume: KubeObject): Changes {
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion };
  const bound = replaced(before, {
    ...annotated(volume, { [BOUND_BY_CONTROLLER]: 'yes' }),
    spec: { ...(volume.spec as object), claimRef },
    status: { ...(volume.status as object), phase: 'Bound' },
  });
  const { accessModes, capacity } = volumeSpec(volume);
  return replaced(bound, {
    ...annotated(claim, { [BIND_COMPLETED]: 'yes', [BOUND_BY_CONTROLLER]: 'yes' }),
    spec: { ...(claim.spec as object), volumeName: volume.metadata.name },
    status: { ...(claim.status as object), phase: 'Bound', accessModes, capacity },
  });
}

function annotated(object: KubeObject, annotations: Readonly<Record<string, string>>): KubeObject {
  const before = object.metadata.annotations as object | undefined;
  return { ...object, metadata: { ...object.metadata, annotations: { ...before, ...annotations } } };
}

/** The event is told once; the real controller tells it again with every resync (15 s). */
function told(before: Changes, claim: KubeObject, text: Text, atMs: number): Changes {
  const { namespace = '', name = '', uid = '', resourceVersion } = claim.metadata;
  const known = ofKind(before.store, 'Event').some(
    (event) =>
      (event.involvedObject as CoreEvent['involvedObject']).uid === uid && event.message === text.message,
  );
  if (known) return before;
  const change = recordEvent(
    before.store,
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {},
      involvedObject: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace,
        name,
        uid,
        resourceVersion: String(resourceVersion),
      },
      ...text,
      source: { component: 'persistentvolume-controller' },
      reportingComponent: 'persistentvolume-controller',
      reportingInstance: '',
    },
    atMs,
  );
  return { store: change.store, deltas: [...before.deltas, ...change.deltas] };
}
