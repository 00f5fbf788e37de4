/** Which kinds of volumes can be mounted, and what mounting one needs to know. */
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { quantityValue } from '../../api/quantity/scale.ts';
import type { Pod, Volume } from '../../api/types.ts';
import type { VolumeMountRequest } from '../../machines/effects.ts';

/** A request to mount, or why the volume's kind cannot be mounted. */
export type MountRequest = VolumeMountRequest | { readonly unsupported: string };

/** Reads a volume of a pod (v1.VolumeSource: exactly one source is set). */
export function toMountRequest(pod: Pod, volume: Volume): MountRequest {
  const shared = { volumeName: volume.name, podUid: pod.metadata.uid };
  const { emptyDir, hostPath } = volume;
  if (emptyDir !== undefined) {
    const { medium = '', sizeLimit } = emptyDir;
    const limit =
      sizeLimit === undefined ? {} : { sizeLimitBytes: quantityValue(mustParseQuantity(String(sizeLimit))) };
    return { ...shared, source: { kind: 'emptyDir', medium, ...limit } };
  }
  if (hostPath !== undefined) {
    return { ...shared, source: { kind: 'hostPath', path: hostPath.path, type: hostPath.type ?? '' } };
  }
  const [kind = 'unknown'] = Object.keys(volume).filter((field) => field !== 'name');
  return {
    unsupported: `volumes of type ${kind} are not supported by podstep yet; emptyDir and hostPath are`,
  };
}
