/** Where the real kubelet collects images. */
import type { Where } from '../../../machines/trace.ts';

const manager = 'pkg/kubelet/images/image_gc_manager.go';

const at = (name: string): Where => ({ file: manager, function: name });

export const IMAGE_GC_WHERE = {
  collect: at('GarbageCollect'),
  freeImage: at('freeImage'),
} as const satisfies Record<string, Where>;
