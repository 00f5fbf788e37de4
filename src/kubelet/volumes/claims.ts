/** From a pod's claim to the volume behind it, as the kubelet looks it up before it mounts anything. */
import type { KubeObject } from '../../api/types.ts';

/** How the kubelet asks the API server; undefined: there is none of this name. */
export interface ClaimLookup {
  readonly claim: (namespace: string, name: string) => KubeObject | undefined;
  readonly volume: (name: string) => KubeObject | undefined;
}

export type ClaimResult =
  | { readonly ok: true; readonly claim: KubeObject; readonly volume: KubeObject }
  | { readonly ok: false; readonly error: string };

interface ClaimFields {
  readonly spec?: { readonly volumeName?: string };
  readonly status?: { readonly phase?: string };
}

interface VolumeFields {
  readonly claimRef?: { readonly uid?: string };
  readonly volumeMode?: string;
}

/** How a pod uses the volume: as files, as a device, or not at all. */
export interface ClaimUse {
  readonly volumeName: string;
  readonly mounted: boolean;
  readonly asDevice: boolean;
}

/** desired_state_of_world_populator.go createVolumeSpec, for a persistentVolumeClaim. */
export function resolveClaim(
  namespace: string,
  claimName: string,
  use: ClaimUse,
  lookup: ClaimLookup,
): ClaimResult {
  const failed = (error: string): ClaimResult => ({
    ok: false,
    error: `error processing PVC ${namespace}/${claimName}: ${error}`,
  });
  const claim = lookup.claim(namespace, claimName);
  if (claim === undefined) {
    return failed(
      `failed to fetch PVC from API server: persistentvolumeclaims ${JSON.stringify(claimName)} not found`,
    );
  }
  const { spec, status } = claim as ClaimFields;
  if (claim.metadata.deletionTimestamp !== undefined) return failed('PVC is being deleted');
  if (status?.phase !== 'Bound') return failed('PVC is not bound');
  if (!spec?.volumeName) return failed('PVC has empty pvc.Spec.VolumeName');
  const name = spec.volumeName;
  const volume = lookup.volume(name);
  if (volume === undefined) {
    return failed(
      `failed to fetch PV ${name} from API server: persistentvolumes ${JSON.stringify(name)} not found`,
    );
  }
  const { claimRef, volumeMode = 'Filesystem' } = volume.spec as VolumeFields;
  if (claimRef === undefined) {
    return failed(
      `found PV object ${name} but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim`,
    );
  }
  if (claimRef.uid !== claim.metadata.uid) {
    return failed(
      `found PV object ${name} but its pv.Spec.ClaimRef.UID ${claimRef.uid ?? ''} does not point to claim.UID ${claim.metadata.uid ?? ''}`,
    );
  }
  const wrongMode =
    use.mounted && volumeMode !== 'Filesystem'
      ? 'volumeMounts'
      : use.asDevice && volumeMode !== 'Block'
        ? 'volumeDevices'
        : undefined;
  if (wrongMode === undefined) return { ok: true, claim, volume };
  return {
    ok: false,
    error: `volume ${use.volumeName} has volumeMode ${volumeMode}, but is specified in ${wrongMode}`,
  };
}
