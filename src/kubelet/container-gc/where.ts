/** Where the real kubelet collects garbage. */
import { at, type Where } from '../../machines/trace.ts';

const runtimeGc = 'pkg/kubelet/kuberuntime/kuberuntime_gc.go';

export const GC_WHERE = {
  evictContainers: at(runtimeGc, 'evictContainers'),
  evictSandboxes: at(runtimeGc, 'evictSandboxes'),
  evictPodLogs: at(runtimeGc, 'evictPodLogsDirectories'),
  deleteDead: at('pkg/kubelet/pod_container_deletor.go', 'deleteContainersInPod'),
  start: at('pkg/kubelet/kubelet.go', 'StartGarbageCollection'),
  cleanupOrphanedPodDirs: at('pkg/kubelet/kubelet_volumes.go', 'cleanupOrphanedPodDirs'),
} as const satisfies Record<string, Where>;
