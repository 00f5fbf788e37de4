/** The volumes that lie in the directories of pods, found on the node's disk. */
import { PODS_ROOT } from '../kubelet/paths.ts';
import type { PodVolume } from '../machines/events.ts';
import type { NodeFiles } from './node-files.ts';

const PLUGINS: ReadonlySet<string> = new Set<PodVolume['plugin']>([
  'kubernetes.io/empty-dir',
  'kubernetes.io/configmap',
  'kubernetes.io/secret',
  'kubernetes.io/downward-api',
  'kubernetes.io/projected',
]);

const isPlugin = (name: string): name is PodVolume['plugin'] => PLUGINS.has(name);

/** `<uid>/volumes/<plugin>/<name>`, sorted (pkg/kubelet/kubelet_getters.go getPodVolumePathListFromDisk). */
export async function podVolumes(files: NodeFiles): Promise<readonly PodVolume[]> {
  const found: PodVolume[] = [];
  for (const { name: podUid } of await files.listDirectory(PODS_ROOT)) {
    const volumes = `${PODS_ROOT}/${podUid}/volumes`;
    for (const { name: escaped } of await files.listDirectory(volumes)) {
      const plugin = escaped.replace('~', '/');
      if (!isPlugin(plugin)) continue;
      for (const { name } of await files.listDirectory(`${volumes}/${escaped}`)) {
        found.push({ podUid, plugin, name });
      }
    }
  }
  return found;
}
