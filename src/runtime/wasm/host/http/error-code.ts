/** `error-code` of `wasi:http/types`: what went wrong with a request, on its way to the guest. */
import { ResultError, type SocketError, type SocketErrorCode } from '../result.ts';

type Plain =
  | 'DNS-timeout'
  | 'destination-not-found'
  | 'destination-unavailable'
  | 'destination-IP-unroutable'
  | 'connection-refused'
  | 'connection-terminated'
  | 'connection-timeout'
  | 'connection-read-timeout'
  | 'connection-limit-reached'
  | 'TLS-protocol-error'
  | 'HTTP-request-denied'
  | 'HTTP-request-URI-invalid'
  | 'HTTP-response-incomplete'
  | 'HTTP-protocol-error';

/** Those of WASI's error codes that this host gives. */
export type HttpErrorCode =
  | { readonly tag: Plain }
  | { readonly tag: 'DNS-error'; readonly val: { readonly rcode?: string; readonly infoCode?: number } }
  | { readonly tag: 'HTTP-request-body-size' | 'HTTP-response-body-size'; readonly val: bigint | undefined }
  | { readonly tag: 'internal-error'; readonly val: string | undefined };

/** Ends a call with an `error-code`. */
export class HttpError extends ResultError<HttpErrorCode> {}

const OF_SOCKETS: Readonly<Partial<Record<SocketErrorCode, HttpErrorCode>>> = {
  'access-denied': { tag: 'HTTP-request-denied' },
  'connection-refused': { tag: 'connection-refused' },
  'connection-reset': { tag: 'connection-terminated' },
  'name-unresolvable': { tag: 'DNS-error', val: { rcode: 'NXDOMAIN' } },
  'new-socket-limit': { tag: 'connection-limit-reached' },
  'remote-unreachable': { tag: 'destination-IP-unroutable' },
  timeout: { tag: 'connection-timeout' },
};

/** What a failed connection is called here. */
export function httpErrorOf(error: SocketError): HttpErrorCode {
  return OF_SOCKETS[error.payload] ?? { tag: 'internal-error', val: error.payload };
}
