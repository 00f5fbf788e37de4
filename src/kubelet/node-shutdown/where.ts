/** Where the real kubelet shuts its node down. */
import { at, type Where } from '../../machines/trace.ts';

export const SHUTDOWN_WHERE = {
  start: at('pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go', 'start'),
  process: at('pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go', 'processShutdownEvent'),
  killPods: at('pkg/kubelet/nodeshutdown/nodeshutdown_manager.go', 'killPods'),
} as const satisfies Record<string, Where>;
