/** What of a shutdown stays on the disk: when it began and ended, for the metrics of the next start (storage.go). */
import { formatMicroTime } from '../../lib/time.ts';

export const SHUTDOWN_STATE_PATH = '/var/lib/kubelet/graceful_node_shutdown_state';

/** Go's zero time: not yet. */
const NEVER = '0001-01-01T00:00:00Z';

export function checkpointText(startedMs: number, endedMs?: number): string {
  const endTime = endedMs === undefined ? NEVER : goTime(endedMs);
  return JSON.stringify({ startTime: goTime(startedMs), endTime });
}

/** RFC 3339 as Go marshals a time: no trailing zeros in the fraction. */
function goTime(atMs: number): string {
  return formatMicroTime(atMs).replace(/\.?0+Z$/, 'Z');
}
