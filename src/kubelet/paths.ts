/** Where the kubelet keeps what belongs to pods: logs and volumes, on the node. */
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import type { Pod } from '../api/types.ts';

/** One link to the newest log of each container (kubelet.go ContainerLogsDir). */
export const CONTAINER_LOG_ROOT = '/var/log/containers';
/** `--root-dir`. */
export const KUBELET_ROOT = '/var/lib/kubelet';
/** Where profiles of type Localhost lie (kubelet.go: the root directory's `seccomp`). */
export const SECCOMP_ROOT = `${KUBELET_ROOT}/seccomp`;
/** Every pod's directory lies here. */
export const PODS_ROOT = `${KUBELET_ROOT}/pods`;

/** `/var/log/pods/default_web_<uid>` (kuberuntime BuildPodLogsDirectory). */
export function podLogDirectory(
  { metadata }: Pod,
  { podLogsDir }: Pick<KubeletConfiguration, 'podLogsDir'>,
): string {
  return `${podLogsDir}/${metadata.namespace}_${metadata.name}_${metadata.uid}`;
}

/** `web/0.log`, relative to the pod's log directory (BuildContainerLogsPath). */
export function containerLogPath(containerName: string, restartCount: number): string {
  return `${containerName}/${restartCount}.log`;
}

/** `/var/lib/kubelet/pods/<uid>` (kubelet_getters.go getPodDir). */
export function podDirectory(podUid: string): string {
  return `${PODS_ROOT}/${podUid}`;
}

/** A volume's directory; `plugin` is escaped as the kubelet does: `kubernetes.io~empty-dir`. */
export function podVolumeDirectory(podUid: string, plugin: string, volumeName: string): string {
  return `${podDirectory(podUid)}/volumes/${plugin.replaceAll('/', '~')}/${volumeName}`;
}

/** Where the files of a volume's sub-paths are held (pkg/volume/util/subpath, containerSubPathDirectoryName). */
export function subPathsDirectory(podUid: string, volumeName: string): string {
  return `${podDirectory(podUid)}/volume-subpaths/${volumeName}`;
}

/** Where kubeadm has the kubelet look for static pods (staticPodPath). */
export const MANIFEST_DIRECTORY = '/etc/kubernetes/manifests';
