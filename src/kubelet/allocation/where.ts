/** Where the real kubelet resizes pods. */
import { at, type Where } from '../../machines/trace.ts';

const runtime = 'pkg/kubelet/kuberuntime/kuberuntime_manager.go';

export const ALLOCATION_WHERE = {
  handleResize: at('pkg/kubelet/allocation/allocation_manager.go', 'handlePodResourcesResize'),
  syncPod: at('pkg/kubelet/kubelet.go', 'SyncPod'),
  resize: at(runtime, 'doPodResizeAction'),
  updateContainers: at(runtime, 'updatePodContainerResources'),
  validateMemory: at(runtime, 'validateMemoryResizeAction'),
} as const satisfies Record<string, Where>;
