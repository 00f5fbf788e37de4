/** What a kubelet tells of a request to the API server that failed: in its log, in events, in statuses. */
import { goQuote } from '../../lib/klog.ts';
import type { EffectError } from '../../machines/events.ts';

const API_SERVER = 'https://127.0.0.1:6443';

/**
 * As net/http tells of a request that did not get through; what the API server answered stands alone. `query` is what
 * the client of that request adds to its path: the heartbeat's gives each one ten seconds.
 */
export function requestError(
  verb: 'Get' | 'Put' | 'Post',
  path: string,
  { code, message }: EffectError,
  query = verb === 'Post' ? '' : '?timeout=10s',
): string {
  if (code !== 'Unavailable') return message;
  return `${verb} ${goQuote(`${API_SERVER}${path}${query}`)}: ${message}`;
}
