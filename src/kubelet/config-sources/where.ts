/** Where the real kubelet reads and merges its config sources. */
import { at } from '../../machines/trace.ts';

export const SOURCES_WHERE = {
  merge: at('pkg/kubelet/config/config.go', 'merge'),
  listConfig: at('pkg/kubelet/config/file.go', 'listConfig'),
  extractFromURL: at('pkg/kubelet/config/http.go', 'extractFromURL'),
} as const;
