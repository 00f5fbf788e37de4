/** What goes wrong below HTTP, in the words of Go's net package: those that a pod's status shows on real nodes. */

interface ExchangeErrorOptions {
  readonly isPlainHttp?: boolean;
  readonly isUnreachable?: boolean;
  readonly isUnanswered?: boolean;
  readonly cause?: unknown;
}

/** An exchange that did not come to an answer. Its message is what Go's HTTP client would say. */
export class ExchangeError extends Error {
  override name = 'ExchangeError';
  /** The server speaks plain http where TLS was tried. */
  readonly isPlainHttp: boolean;
  /** Nothing is heard of the server; finding that out took time. */
  readonly isUnreachable: boolean;
  /** The server cannot be dialled, or has fallen silent: another network, or another hour, may change that. */
  readonly isUnanswered: boolean;
  constructor(message: string, options: ExchangeErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.isPlainHttp = options.isPlainHttp ?? false;
    this.isUnreachable = options.isUnreachable ?? false;
    this.isUnanswered = options.isUnanswered ?? this.isUnreachable;
  }
}

/** Whether what went wrong, or what caused it, is that nobody answered. */
export function isUnanswered(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause)
    if (one instanceof ExchangeError && one.isUnanswered) return true;
  return false;
}

type SystemError = Error & {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
  readonly host?: string;
  readonly errors?: readonly unknown[];
};

const CONNECT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  EADDRNOTAVAIL: 'connect: cannot assign requested address',
  ETIMEDOUT: 'i/o timeout',
};

const LOOK_UP: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'Temporary failure in name resolution',
  EAI_NODATA: 'no such host',
};

const X509 = 'tls: failed to verify certificate: x509: ';
const CERTIFICATE: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate signed by unknown authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate signed by unknown authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate signed by unknown authority',
  CERT_HAS_EXPIRED: 'certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'certificate has expired or is not yet valid',
};

/** `127.0.0.1:5000`, `[::1]:5000`. */
export function hostPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Node's error in Go's words. */
export function asExchangeError(thrown: unknown): ExchangeError {
  if (thrown instanceof ExchangeError) return thrown;
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as SystemError;
  const { code = '', address, port } = error;
  // Several addresses were tried: the first tells it, as Go's dialer does.
  if (Array.isArray(error.errors) && error.errors.length > 0) return asExchangeError(error.errors[0]);
  const connect = CONNECT[code];
  if (connect !== undefined && address !== undefined)
    return new ExchangeError(`dial tcp ${hostPort(address, port ?? 0)}: ${connect}`, {
      cause: error,
      isUnreachable: code === 'ETIMEDOUT',
      isUnanswered: true,
    });
  const lookUp = LOOK_UP[code];
  if (lookUp !== undefined)
    return new ExchangeError(`dial tcp: lookup ${error.hostname ?? ''}: ${lookUp}`, {
      cause: error,
      isUnreachable: true,
    });
  const certificate = CERTIFICATE[code];
  if (certificate !== undefined) return new ExchangeError(X509 + certificate, { cause: error });
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return new ExchangeError(wrongName(error), { cause: error });
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return new ExchangeError(...tlsProblem(error));
  if (code === 'ECONNRESET' && /hang up|aborted/.test(error.message))
    return new ExchangeError('EOF', { cause: error });
  if (code === 'ECONNRESET') return new ExchangeError('read: connection reset by peer', { cause: error });
  return new ExchangeError(error.message, { cause: error });
}

function wrongName(error: SystemError): string {
  const { cert, host = '' } = error as { cert?: { subjectaltname?: string } } & SystemError;
  const names = (cert?.subjectaltname ?? '').replace(/(?:DNS|IP Address):/g, '');
  return names === ''
    ? `${X509}certificate is not valid for any names, but wanted to match ${host}`
    : `${X509}certificate is valid for ${names}, not ${host}`;
}

function tlsProblem(
  error: SystemError,
): [message: string, options: { isPlainHttp: boolean; cause: unknown }] {
  const isPlainHttp = /wrong version number|packet length too long|http request/i.test(error.message);
  const reason = /reason:([^:]*)|:([^:]+):[^:]*$/.exec(error.message)?.[2] ?? error.message;
  const message = isPlainHttp
    ? 'http: server gave HTTP response to HTTPS client'
    : `remote error: tls: ${reason.trim()}`;
  return [message, { isPlainHttp, cause: error }];
}
