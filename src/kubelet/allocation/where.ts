/** Where the real kubelet resizes pods. */
import type { Where } from '../../machines/trace.ts';

const runtime = 'pkg/kubelet/kuberuntime/kuberuntime_manager.go';

export const ALLOCATION_WHERE = {
  handleResize: {
    file: 'pkg/kubelet/allocation/allocation_manager.go',
    function: 'handlePodResourcesResize',
  },
  syncPod: { file: 'pkg/kubelet/kubelet.go', function: 'SyncPod' },
  resize: { file: runtime, function: 'doPodResizeAction' },
  updateContainers: { file: runtime, function: 'updatePodContainerResources' },
  validateMemory: { file: runtime, function: 'validateMemoryResizeAction' },
} as const satisfies Record<string, Where>;
