/** One HTTP request to the Engine: up to the head of its answer, with a time-out, on a connection of its own. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { type Duplex, Readable } from 'node:stream';
import { RuntimeError } from '../../port.ts';
import { type EngineAddress, formatAddress } from './address.ts';
import { EngineError, messageOf, unreachable } from './error.ts';

export interface EngineRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** With the version in front, and the query behind. */
  readonly path: string;
  readonly json?: unknown;
  /** Instead of JSON: a tar, as it is. */
  readonly tar?: Uint8Array | AsyncIterable<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Until the head of the answer is here. */
  readonly timeoutMs: number;
  /** Ends the connection, whatever comes over it. */
  readonly signal?: AbortSignal;
}

/** A hijacked connection: what came behind the head of the answer has been put back before the rest. */
export interface Upgraded {
  readonly socket: Duplex;
  readonly contentType: string | undefined;
}

const ERROR_BODY_LIMIT_BYTES = 64 << 10;

/** The answer, its body not yet read. @throws EngineError for a status of 400 and above, RuntimeError for none at all */
export async function sendRequest(address: EngineAddress, wanted: EngineRequest): Promise<IncomingMessage> {
  const answer = await exchange(address, wanted, false);
  if ('socket' in answer)
    throw new RuntimeError('Unknown', `${wanted.path}: an upgrade that nobody asked for`);
  return answer.message;
}

/** A connection that the Engine has given over to a program's streams (`POST` with `Upgrade: tcp`). */
export async function sendUpgrade(address: EngineAddress, wanted: EngineRequest): Promise<Upgraded> {
  const answer = await exchange(address, wanted, true);
  if ('socket' in answer) return answer;
  answer.message.destroy();
  throw new RuntimeError('Unknown', `${wanted.path}: the Engine did not hand the connection over`);
}

async function exchange(
  address: EngineAddress,
  wanted: EngineRequest,
  upgrade: boolean,
): Promise<{ readonly message: IncomingMessage } | Upgraded> {
  const answered = Promise.withResolvers<{ readonly message: IncomingMessage } | Upgraded>();
  const send = address.type === 'tcp' && address.tls !== undefined ? httpsRequest : httpRequest;
  const request = send(optionsOf(address, wanted, upgrade));
  const late = setTimeout(() => request.destroy(lateError(wanted)), wanted.timeoutMs);
  request.on('response', (message) => answered.resolve({ message }));
  request.on('upgrade', (message, socket, head) => {
    if (head.length > 0) socket.unshift(head);
    answered.resolve({ socket, contentType: message.headers['content-type'] });
  });
  request.on('error', (error) => {
    answered.reject(error instanceof RuntimeError ? error : unreachable(formatAddress(address), error));
  });
  const { json, tar } = wanted;
  if (tar !== undefined && !(tar instanceof Uint8Array)) {
    Readable.from(tar)
      .on('error', (error) => request.destroy(error))
      .pipe(request);
  } else {
    request.end(tar ?? (json === undefined ? undefined : JSON.stringify(json)));
  }
  try {
    const answer = await answered.promise;
    if ('message' in answer && (answer.message.statusCode ?? 0) >= 400) throw await failure(answer.message);
    return answer;
  } finally {
    clearTimeout(late);
  }
}

export function lateError({ method, path, timeoutMs }: EngineRequest): RuntimeError {
  const text = `${method} ${path}: the Docker daemon did not answer within ${timeoutMs} ms`;
  return new RuntimeError('DeadlineExceeded', text);
}

function optionsOf(address: EngineAddress, wanted: EngineRequest, upgrade: boolean): RequestOptions {
  const { method, path, json, tar, headers, signal } = wanted;
  const contentType = tar === undefined ? json !== undefined && 'application/json' : 'application/x-tar';
  return {
    ...connectionOf(address),
    method,
    path,
    headers: {
      Host: 'docker',
      ...(contentType && { 'Content-Type': contentType }),
      ...headers,
      ...(upgrade && { Connection: 'Upgrade', Upgrade: 'tcp' }),
    },
    // A connection each: one that was kept would be dead after a restart of the Engine.
    agent: false,
    ...(signal && { signal }),
  };
}

function connectionOf(address: EngineAddress): RequestOptions {
  if (address.type === 'socket') return { socketPath: address.path };
  const { host, port, tls } = address;
  if (tls === undefined) return { host, port };
  const { verify, ...material } = tls;
  return { host, port, ...material, rejectUnauthorized: verify };
}

async function failure(message: IncomingMessage): Promise<EngineError> {
  const status = message.statusCode ?? 0;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of message as AsyncIterable<Uint8Array>) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > ERROR_BODY_LIMIT_BYTES) break;
  }
  return new EngineError(status, messageOf(status, Buffer.concat(pieces).toString('utf8')));
}
