/** Where the real kubelet decides on evictions. */
import type { Where } from '../../machines/trace.ts';

const manager = 'pkg/kubelet/eviction/eviction_manager.go';
const at = (name: string): Where => ({ file: manager, function: name });

export const EVICTION_WHERE = {
  synchronize: at('synchronize'),
  reclaim: at('reclaimNodeLevelResources'),
  localStorage: at('localStorageEviction'),
  evictPod: at('evictPod'),
  cleanup: at('waitForPodsCleanup'),
} as const satisfies Record<string, Where>;
