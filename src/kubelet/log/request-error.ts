/** What a kubelet tells of a request to the API server that failed: in its log, in events, in statuses. */
import { goQuote } from '../../lib/klog.ts';
import type { EffectError } from '../../machines/events.ts';

const API_SERVER = 'https://127.0.0.1:6443';

/** As net/http tells of a request that did not get through; what the API server answered stands alone. */
export function requestError(
  verb: 'Get' | 'Put' | 'Post',
  path: string,
  { code, message }: EffectError,
): string {
  if (code !== 'Unavailable') return message;
  const timeout = verb === 'Post' ? '' : '?timeout=10s';
  return `${verb} ${goQuote(`${API_SERVER}${path}${timeout}`)}: ${message}`;
}
