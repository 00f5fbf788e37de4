/** Where a pod's own files are on the node. */
import type { Pod } from '../api/types.ts';

/** The directory of the pod's container logs (kuberuntime/helpers.go BuildPodLogsDirectory). */
export function logDirectoryOf({ metadata }: Pod): string {
  return `/var/log/pods/${metadata.namespace}_${metadata.name}_${metadata.uid}`;
}
