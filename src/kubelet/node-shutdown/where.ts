/** Where the real kubelet shuts its node down. */
import type { Where } from '../../machines/trace.ts';

export const SHUTDOWN_WHERE = {
  start: { file: 'pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go', function: 'start' },
  process: {
    file: 'pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go',
    function: 'processShutdownEvent',
  },
  killPods: { file: 'pkg/kubelet/nodeshutdown/nodeshutdown_manager.go', function: 'killPods' },
} as const satisfies Record<string, Where>;
