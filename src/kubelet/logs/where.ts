/** Where the real kubelet looks after container logs. */
import { at, type Where } from '../../machines/trace.ts';

const manager = 'pkg/kubelet/logs/container_log_manager.go';

export const LOGS_WHERE = {
  processContainer: at(manager, 'processContainer'),
  rotateLog: at(manager, 'rotateLog'),
  rotateLatestLog: at(manager, 'rotateLatestLog'),
  cleanupUnusedLogs: at(manager, 'cleanupUnusedLogs'),
  removeExcessLogs: at(manager, 'removeExcessLogs'),
  compressLog: at(manager, 'compressLog'),
} as const satisfies Record<string, Where>;
