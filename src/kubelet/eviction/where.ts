/** Where the real kubelet decides on evictions. */
import { at, type Where } from '../../machines/trace.ts';

const manager = 'pkg/kubelet/eviction/eviction_manager.go';

export const EVICTION_WHERE = {
  synchronize: at(manager, 'synchronize'),
  reclaim: at(manager, 'reclaimNodeLevelResources'),
  localStorage: at(manager, 'localStorageEviction'),
  evictPod: at(manager, 'evictPod'),
  cleanup: at(manager, 'waitForPodsCleanup'),
} as const satisfies Record<string, Where>;
