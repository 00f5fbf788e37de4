/** The kubelet's way to its pods on Docker: probes and hooks over this machine's own network, in wall time. */
import { GRPC_RPC_LATE, type PodNetwork, RuntimeError } from '../../port.ts';
import { HealthCheck } from '../../wasm/net/grpc-health.ts';
import { exchange, type HttpAnswer, unsendable } from '../../wasm/net/http-get.ts';
import { redirected, urlOf } from '../../wasm/net/redirect.ts';
import type { HttpRequest } from '../../wasm/thread/protocol.ts';
import { waitFor } from '../reconnect.ts';
import { dial, dialEnd } from './dial.ts';

/** How long a gRPC client waits before it connects again (google.golang.org/grpc/backoff, BaseDelay). */
const GRPC_RETRY_MS = 1000;

/** Docker's bridges lead to every pod; Services are not laid over them: a cluster's names are not known in containers. */
export function dockerNetwork(): PodNetwork {
  return {
    async setServices() {},
    tcpConnect: (host, port, timeoutSeconds) =>
      within(timeoutSeconds, 'i/o timeout', async (signal) => {
        (await dial({ host, port, signal })).destroy();
      }),
    httpGet: (request, timeoutSeconds) => {
      const late = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
      return within(timeoutSeconds, late, (signal) => httpGet(request, signal));
    },
    grpcHealthCheck,
  };
}

/** Runs `work` for at most `timeoutSeconds`; its signal is aborted once it is over in any way. */
async function within<T>(
  timeoutSeconds: number,
  late: string | (() => string),
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const expired = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    expired.reject(new RuntimeError('DeadlineExceeded', typeof late === 'string' ? late : late()));
  }, timeoutSeconds * 1000);
  try {
    return await Promise.race([work(over.signal), expired.promise]);
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

/** The answer that remains after redirects on the same host. */
async function httpGet(
  first: HttpRequest,
  signal: AbortSignal,
): Promise<{ readonly statusCode: number; readonly body: string }> {
  let target = first;
  for (let count = 1; ; count++) {
    const answer = await getOnce(target, signal).catch((error: unknown) => {
      if (target === first || !(error instanceof RuntimeError)) throw error;
      throw new RuntimeError(error.code, `Get "${urlOf(target)}": ${error.message}`, { cause: error });
    });
    const next = redirected({ first, last: target, count }, answer);
    if (next.kind === 'failed') throw new RuntimeError('Unavailable', next.message);
    if (next.kind !== 'follow') return { statusCode: answer.statusCode, body: answer.body };
    target = next.request;
  }
}

async function getOnce(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const why = unsendable(request);
  if (why !== undefined) throw new RuntimeError('Unavailable', why);
  const { host, port, scheme } = request;
  const end = await dialEnd({ host, port, secure: scheme === 'HTTPS', signal });
  try {
    const result = await new Promise<Parameters<Parameters<typeof exchange>[2]>[0]>((done) => {
      exchange(end, request, done);
    });
    if ('malformed' in result) throw new RuntimeError('Unavailable', result.malformed);
    return result;
  } finally {
    end.close();
  }
}

/** A gRPC client counts as connected once the server has sent its SETTINGS; until then it tries again and again. */
function grpcHealthCheck(
  host: string,
  port: number,
  service: string,
  timeoutSeconds: number,
): Promise<string> {
  let check: HealthCheck | undefined;
  const late = () => (check?.connected ? GRPC_RPC_LATE : 'context deadline exceeded');
  return within(timeoutSeconds, late, async (signal) => {
    const answer = Promise.withResolvers<string>();
    const finish = (result: string | RuntimeError) =>
      typeof result === 'string' ? answer.resolve(result) : answer.reject(result);
    const attempts = async () => {
      while (!signal.aborted && !check?.connected) {
        check?.close();
        try {
          check = new HealthCheck(
            await dialEnd({ host, port, signal }),
            { authority: `${host}:${port}`, service },
            finish,
          );
        } catch (error) {
          if (!(error instanceof RuntimeError)) throw error;
        }
        await waitFor(GRPC_RETRY_MS, signal);
      }
    };
    attempts().catch(answer.reject);
    return answer.promise;
  });
}
