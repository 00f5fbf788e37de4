/** Where the real kubelet collects images. */
import { at, type Where } from '../../../machines/trace.ts';

const manager = 'pkg/kubelet/images/image_gc_manager.go';

export const IMAGE_GC_WHERE = {
  collect: at(manager, 'GarbageCollect'),
  freeImage: at(manager, 'freeImage'),
} as const satisfies Record<string, Where>;
