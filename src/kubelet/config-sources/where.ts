/** Where the real kubelet reads and merges its config sources. */
import type { Where } from '../../machines/trace.ts';

const at = (file: string, name: string): Where => ({ file, function: name });

export const SOURCES_WHERE = {
  merge: at('pkg/kubelet/config/config.go', 'merge'),
  listConfig: at('pkg/kubelet/config/file.go', 'listConfig'),
  extractFromURL: at('pkg/kubelet/config/http.go', 'extractFromURL'),
} as const;
