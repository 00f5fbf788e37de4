/** One HTTP exchange with a registry, over Node's own http and https: time-outs, proxies, certificates, no redirects. */
import http, { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import { asExchangeError, ExchangeError, hostPort } from './dial-error.ts';
import type { Unreachable } from './unreachable.ts';

/** How a server proves who it is, and the node to it. */
export interface TlsSettings {
  /** PEM, beside the authorities that Node and the system know. */
  readonly authorities: readonly string[];
  readonly skipVerify: boolean;
  /** PEM. */
  readonly clientCertificate?: string;
  readonly clientKey?: string;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  readonly url: URL;
  readonly headers: OutgoingHttpHeaders;
  /** Called once for each try. */
  readonly body?: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface HttpResponse {
  readonly method: string;
  readonly url: URL;
  readonly status: number;
  /** `404 Not Found` */
  readonly statusLine: string;
  readonly headers: IncomingHttpHeaders;
  /** To be read to its end, or discarded. Throws `ExchangeError`. */
  readonly body: AsyncIterable<Uint8Array>;
  discard(): void;
}

export interface Patience {
  readonly connectMs: number;
  readonly idleMs: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The connections to one endpoint, kept open between its exchanges. */
export class Connection {
  readonly #http: http.Agent;
  readonly #https: https.Agent;
  readonly #patience: Patience;

  readonly #unreachable: Unreachable;

  /** `environment`: where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up. */
  constructor(settings: TlsSettings, patience: Patience, environment: Environment, unreachable: Unreachable) {
    this.#unreachable = unreachable;
    const { authorities, skipVerify, clientCertificate: cert, clientKey: key } = settings;
    const proxyEnv = proxySettings(environment);
    const ca =
      authorities.length === 0
        ? undefined
        : [...tls.getCACertificates('default'), ...tls.getCACertificates('system'), ...authorities];
    this.#patience = patience;
    this.#http = new http.Agent({ keepAlive: true, proxyEnv });
    this.#https = new https.Agent({
      keepAlive: true,
      proxyEnv,
      rejectUnauthorized: !skipVerify,
      ...(ca && { ca }),
      ...(cert && { cert, key: key ?? cert }),
    });
  }

  /** Resolves with the head of the answer. @throws ExchangeError in Go's words, with method and address before it. */
  async exchange(request: HttpRequest): Promise<HttpResponse> {
    const { method, url } = request;
    try {
      this.#unreachable.check(url.host);
      return await this.#send(request);
    } catch (thrown) {
      const error = asExchangeError(thrown);
      const { message, isPlainHttp, isUnanswered } = error;
      this.#unreachable.note(url.host, error);
      const verb = method.charAt(0) + method.slice(1).toLowerCase();
      throw new ExchangeError(`${verb} ${JSON.stringify(url.href)}: ${message}`, {
        isPlainHttp,
        isUnanswered,
        cause: thrown,
      });
    }
  }

  /** Ends what is open. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  async #send(request: HttpRequest): Promise<HttpResponse> {
    const { url, method, headers, body } = request;
    const isTls = url.protocol === 'https:';
    const sent = isTls
      ? https.request(url, { method, headers, agent: this.#https })
      : http.request(url, { method, headers, agent: this.#http });
    const watch = new Watch((error) => sent.destroy(error));
    const { connectMs, idleMs } = this.#patience;
    const address = hostPort(url.hostname.replace(/[[\]]/g, ''), url.port || (isTls ? '443' : '80'));
    watch.over(connectMs, `dial tcp ${address}: i/o timeout`, true);
    const standing = () => watch.over(idleMs, 'net/http: timeout awaiting response headers');
    sent.on('socket', (socket) => {
      if (!socket.connecting) standing();
      else if (isTls) {
        socket.once('connect', () => watch.over(connectMs, 'net/http: TLS handshake timeout', true));
        socket.once('secureConnect', standing);
      } else socket.once('connect', standing);
    });
    try {
      const answered = new Promise<IncomingMessage>((resolve, reject) => {
        sent.once('response', resolve).once('error', reject);
      });
      if (body) await Promise.race([send(sent, body(), standing), answered]);
      else sent.end();
      return asResponse(request, await answered, idleMs);
    } catch (error) {
      sent.destroy();
      throw error;
    } finally {
      watch.end();
      // What comes after the answer is the answer's own error.
      sent.on('error', () => {});
    }
  }
}

/** Sends a body piece by piece, no quicker than the other side takes it. */
async function send(
  sent: http.ClientRequest,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  onProgress: () => void,
): Promise<void> {
  for await (const chunk of body) {
    await new Promise<void>((resolve, reject) => {
      sent.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
    onProgress();
  }
  sent.end();
}

function asResponse(request: HttpRequest, answer: IncomingMessage, idleMs: number): HttpResponse {
  const { method, url } = request;
  const status = answer.statusCode ?? 0;
  return {
    method,
    url,
    status,
    statusLine: `${status} ${http.STATUS_CODES[status] ?? answer.statusMessage ?? ''}`.trim(),
    headers: answer.headers,
    body: readBody(answer, idleMs),
    // What is short is read away, so that the connection can be used again.
    discard: () => (isShort(request.method, answer) ? answer.resume() : answer.destroy()),
  };
}

const SHORT_BYTES = 16_384;

function isShort(method: string, { headers }: IncomingMessage): boolean {
  return method === 'HEAD' || Number(headers['content-length'] ?? SHORT_BYTES + 1) <= SHORT_BYTES;
}

/** What arrives more slowly than this in so many idle times is as good as nothing. */
const SLOW_BYTES = 4_096;
const SLOW_IDLE_TIMES = 3;

async function* readBody(answer: IncomingMessage, idleMs: number): AsyncIterable<Uint8Array> {
  const watch = new Watch((error) => answer.destroy(error));
  const chunks = answer[Symbol.asyncIterator]();
  let window = { endsMs: performance.now() + SLOW_IDLE_TIMES * idleMs, bytes: 0 };
  try {
    for (;;) {
      watch.over(idleMs, 'read: i/o timeout');
      const next = await chunks.next();
      watch.end();
      if (next.done) return;
      yield next.value;
      window.bytes += next.value.length;
      const nowMs = performance.now();
      if (nowMs < window.endsMs) continue;
      if (window.bytes < SLOW_BYTES)
        throw new ExchangeError('context deadline exceeded', { isUnanswered: true });
      window = { endsMs: nowMs + SLOW_IDLE_TIMES * idleMs, bytes: 0 };
    }
  } catch (error) {
    const told = asExchangeError(error);
    throw told.message === 'EOF' ? new ExchangeError('unexpected EOF', { cause: error }) : told;
  } finally {
    watch.end();
    answer.destroy();
  }
}

/** One timer at a time. */
class Watch {
  #timer: NodeJS.Timeout | undefined;
  readonly #giveUp: (error: ExchangeError) => void;

  constructor(giveUp: (error: ExchangeError) => void) {
    this.#giveUp = giveUp;
  }

  over(ms: number, message: string, isUnreachable = false): void {
    clearTimeout(this.#timer);
    const error = () => new ExchangeError(message, { isUnreachable, isUnanswered: true });
    this.#timer = setTimeout(() => this.#giveUp(error()), ms);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

const PROXY_NAMES = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
] as const;

/** Loopback is never asked of a proxy, as in Go (golang.org/x/net/http/httpproxy). */
function proxySettings(environment: Environment): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of PROXY_NAMES) {
    const value = environment[name];
    if (value) found[name] = value;
  }
  const loopback = 'localhost,127.0.0.1,[::1]';
  const not = found.no_proxy ?? found.NO_PROXY;
  const noProxy = not === undefined ? loopback : `${not},${loopback}`;
  return { ...found, NO_PROXY: noProxy, no_proxy: noProxy };
}
