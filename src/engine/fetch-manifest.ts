/** The network of the node itself, as far as the kubelet reads manifests over it. */
import type { EffectBody } from '../machines/effects.ts';
import { RuntimeError } from '../runtime/port.ts';

type Request = Omit<Extract<EffectBody, { type: 'fetchManifest' }>, 'type'>;

/** Gets a text by HTTP; fails as `RuntimeError` when there is no answer. */
export type FetchManifest = (
  request: Request,
) => Promise<{ readonly statusCode: number; readonly body: string }>;

/** Asks for real, over this machine's network. */
export const fetchOverNetwork: FetchManifest = async ({ url, headers, timeoutSeconds }) => {
  try {
    const response = await fetch(url, {
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      signal: AbortSignal.timeout(timeoutSeconds * 1_000),
    });
    return { statusCode: response.status, body: await response.text() };
  } catch (cause) {
    throw new RuntimeError('Unavailable', reasonOf(cause, url), { cause });
  }
};

/** Why there was no answer, as Go says it. */
function reasonOf(error: unknown, url: string): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError')
    return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  const { code = '' } = (cause ?? {}) as NodeJS.ErrnoException;
  const { host } = new URL(url);
  return code === 'ECONNREFUSED' ? `dial tcp ${host}: connect: connection refused` : code || message;
}
