/** The desired state of the world: what each volume of a pod is, once claims are followed to what they are bound to. */
import type { KubeObject, Pod, Volume } from '../../api/types.ts';
import { type ObjectCache, seenObject } from '../objects/object-cache.ts';
import { resolveClaim } from './claims.ts';
import { volumesInUse } from './wait.ts';

/** One volume that is wanted for a pod (volume.Spec and cache.VolumeToMount). */
export interface VolumeSpec {
  /** As the pod calls it. */
  readonly name: string;
  /** As errors call it: the persistent volume's name, or the pod's own. */
  readonly specName: string;
  /** Where its content comes from; for a claim what the persistent volume says. */
  readonly source: Volume;
  /** The persistent volume behind a claim. */
  readonly persistentVolume?: KubeObject;
  /** The claim is for reading only. */
  readonly readOnly: boolean;
}

/** What the populator made of a pod. */
export interface DesiredVolumes {
  readonly specs: readonly VolumeSpec[];
  /** Why some volumes could not be added; empty when all could, now or before. */
  readonly errors: readonly string[];
}

/** The kinds that a plugin of this node can set up. */
const PLUGINS = [
  'emptyDir',
  'hostPath',
  'local',
  'configMap',
  'secret',
  'downwardAPI',
  'projected',
  'image',
] as const;

/**
 * desired_state_of_world_populator.go processPodVolumes. What was added before stays, whatever has become of
 * its claim meanwhile.
 */
export function desiredVolumes(
  pod: Pod,
  objects: ObjectCache,
  before: readonly VolumeSpec[],
): DesiredVolumes {
  const specs: VolumeSpec[] = [];
  const errors: string[] = [];
  for (const volume of volumesInUse(pod)) {
    const made = volumeSpec(pod, volume, objects);
    const spec = 'error' in made ? before.find(({ name }) => name === volume.name) : made;
    if (spec !== undefined) specs.push(spec);
    else if ('error' in made) errors.push(made.error);
  }
  return { specs, errors };
}

function volumeSpec(pod: Pod, volume: Volume, objects: ObjectCache): VolumeSpec | { readonly error: string } {
  const { name, persistentVolumeClaim, ephemeral } = volume;
  const own = ephemeral && { claimName: `${pod.metadata.name}-${name}`, readOnly: false };
  const claim = persistentVolumeClaim ?? own;
  if (claim === undefined) return withPlugin({ name, specName: name, source: volume, readOnly: false });
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const uses = (list: 'volumeMounts' | 'volumeDevices') =>
    containers.some((container) => container[list]?.some((use) => use.name === name));
  const found = resolveClaim(
    pod.metadata.namespace,
    claim.claimName,
    { volumeName: name, mounted: uses('volumeMounts'), asDevice: uses('volumeDevices') },
    {
      claim: (namespace, claimName) => seenObject(objects, 'PersistentVolumeClaim', namespace, claimName),
      volume: (volumeName) => seenObject(objects, 'PersistentVolume', '', volumeName),
    },
  );
  if (!found.ok) return { error: found.error };
  if (own !== undefined && !isOwnedBy(found.claim, pod)) {
    const { namespace, name: podName } = pod.metadata;
    return {
      error: `PVC ${namespace}/${claim.claimName} was not created for pod ${namespace}/${podName} (pod is not owner)`,
    };
  }
  const specName = found.volume.metadata.name ?? '';
  const source = { ...(found.volume.spec as object), name: specName } as Volume;
  const readOnly = claim.readOnly === true;
  return withPlugin({ name, specName, source, persistentVolume: found.volume, readOnly });
}

/** A claim of the pod's own is the one that was made for it (component-helpers storage/ephemeral VolumeIsForPod). */
function isOwnedBy({ metadata }: KubeObject, pod: Pod): boolean {
  const owners = (metadata.ownerReferences ?? []) as readonly { readonly uid?: string }[];
  return owners.some(({ uid }) => uid === pod.metadata.uid);
}

/** pkg/volume/plugins.go FindPluginBySpec: a kind that no plugin of this node knows cannot be wanted. */
function withPlugin(spec: VolumeSpec): VolumeSpec | { readonly error: string } {
  if (PLUGINS.some((kind) => (spec.source as object as Record<string, unknown>)[kind] !== undefined)) {
    return spec;
  }
  return {
    error: `failed to get Plugin from volumeSpec for volume ${JSON.stringify(spec.specName)} err=no volume plugin matched`,
  };
}
