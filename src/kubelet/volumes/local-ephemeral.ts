/** Volumes that lie on the node's own disk and end with their pod (pkg/volume/util/util.go IsLocalEphemeralVolume). */
import type { Volume } from '../../api/types.ts';

/** An emptyDir in memory takes no disk. */
export function isLocalEphemeralVolume(volume: Volume): boolean {
  const { gitRepo, emptyDir, configMap, downwardAPI, secret, projected } = volume;
  if (emptyDir !== undefined) return emptyDir.medium !== 'Memory';
  return [gitRepo, configMap, downwardAPI, secret, projected].some((source) => source !== undefined);
}
