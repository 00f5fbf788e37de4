/** `wasi:http/outgoing-handler`: one request over a connection of its own, and the future that its answer is. */

import type { ConnectionEnd } from '../../net/connection.ts';
import { IncomingBytes, sendBody } from '../../net/http1/body.ts';
import {
  type HeaderList,
  MalformedMessage,
  MessageInput,
  type ResponseHead,
  readResponseHead,
  responseFraming,
  writeHead,
} from '../../net/http1/message.ts';
import { whenKnown } from '../../net/pending.ts';
import type { Process } from '../../process/process.ts';
import { WaitQueue } from '../../scheduler/wait-queue.ts';
import { Pollable } from '../poll.ts';
import { SocketError, type SocketErrorCode } from '../result.ts';
import type { StallWatch } from './bodies.ts';
import { HttpError, type HttpErrorCode, httpErrorOf } from './error-code.ts';
import { IncomingResponse, methodText, type OutgoingRequest, type RequestOptions } from './messages.ts';

/** As wasmtime's, for what a guest leaves open. */
const DEFAULT_TIMEOUT_NS = 600_000_000_000n;

type Answer =
  | { readonly tag: 'ok'; readonly val: IncomingResponse }
  | { readonly tag: 'err'; readonly val: HttpErrorCode };

/** The answer, once it has come. */
export class FutureIncomingResponse {
  readonly #process: Process;
  readonly #settled = new WaitQueue();
  readonly #release: () => void;
  #answer: Answer | 'taken' | undefined;

  /** `abandoned` is called when nobody wants the answer any more. */
  constructor(process: Process, abandoned: () => void) {
    this.#process = process;
    this.#release = process.own(() => {
      if (this.#answer === undefined) abandoned();
      else if (this.#answer !== 'taken' && this.#answer.tag === 'ok') this.#answer.val[Symbol.dispose]();
    });
  }

  /** The first answer stays. */
  settle(answer: Answer): void {
    if (this.#answer !== undefined) return;
    this.#answer = answer;
    this.#settled.notify();
  }

  subscribe(): Pollable {
    const isReady = () => this.#answer !== undefined;
    return new Pollable(this.#process, { isReady, queue: this.#settled });
  }

  /** Undefined while it has not come; given once. */
  get(): { readonly tag: 'ok'; readonly val: Answer } | { readonly tag: 'err' } | undefined {
    this.#process.hostCall();
    if (this.#answer === undefined) return undefined;
    if (this.#answer === 'taken') return { tag: 'err' };
    const val = this.#answer;
    this.#answer = 'taken';
    return { tag: 'ok', val };
  }

  [Symbol.dispose](): void {
    this.#release();
  }
}

/** Where a request goes. */
interface Target {
  readonly host: string;
  readonly port: number;
  readonly authority: string;
  readonly encrypted: boolean;
}

/** @throws HttpError for a request that goes nowhere. */
function targetOf(request: OutgoingRequest): Target {
  const scheme = request.scheme()?.tag ?? 'HTTPS';
  if (scheme === 'other') throw new HttpError({ tag: 'HTTP-protocol-error' });
  const authority = request.authority() ?? '';
  const [, host = '', portText] = /^(?:[^@]*@)?([^:@[\]]+)(?::(\d{1,5}))?$/.exec(authority) ?? [];
  const port = portText === undefined ? (scheme === 'HTTPS' ? 443 : 80) : Number(portText);
  if (host === '' || port < 1 || port > 65_535) throw new HttpError({ tag: 'HTTP-request-URI-invalid' });
  return { host, port, authority, encrypted: scheme === 'HTTPS' };
}

/** Sends a request. @throws HttpError for one that cannot be sent at all. */
export function handle(
  process: Process,
  request: OutgoingRequest,
  options: RequestOptions | undefined,
): FutureIncomingResponse {
  process.hostCall();
  const target = targetOf(request);
  const exchange = new Exchange(process, request, options);
  exchange.begin(target);
  return exchange.future;
}

/** One request and its answer. Goes on by itself, whenever something arrives. */
class Exchange {
  readonly future: FutureIncomingResponse;
  readonly #process: Process;
  readonly #request: OutgoingRequest;
  readonly #betweenBytesNs: bigint;
  readonly #firstByteNs: bigint;
  readonly #connectNs: bigint;
  #end: ConnectionEnd | undefined;
  #stopTimer = () => {};
  /** Of the process: the connection goes with it. */
  readonly #close: () => void;

  constructor(process: Process, request: OutgoingRequest, options: RequestOptions | undefined) {
    this.#process = process;
    this.#request = request;
    this.#connectNs = options?.connectTimeout() ?? DEFAULT_TIMEOUT_NS;
    this.#firstByteNs = options?.firstByteTimeout() ?? DEFAULT_TIMEOUT_NS;
    this.#betweenBytesNs = options?.betweenBytesTimeout() ?? DEFAULT_TIMEOUT_NS;
    this.#close = process.own(() => {
      this.#stopTimer();
      this.#end?.close();
      request.content?.pipe.closeReader();
    });
    this.future = new FutureIncomingResponse(process, () => this.#close());
  }

  begin(target: Target): void {
    const { container } = this.#process;
    const { net } = container.world;
    this.#giveUpAfter(this.#connectNs, 'connection-timeout');
    whenKnown(net.lookUp(container.pod, target.host), (found) => {
      const [ip = ''] = typeof found === 'string' ? [] : found;
      if (typeof found === 'string') {
        if (net.isDeniedName(target.host)) container.denied(target.host, target.port);
        this.#failed(found);
        return;
      }
      const pending = net.dial(container.pod, ip, target.port, target.encrypted ? target.host : undefined);
      whenKnown(pending, (outcome) => {
        if (outcome === 'access-denied') container.denied(target.host, target.port);
        if (typeof outcome === 'string') this.#failed(outcome, target.encrypted);
        else this.#connected(outcome, target);
      });
    });
  }

  #connected(end: ConnectionEnd, target: Target): void {
    this.#end = end;
    if (this.#process.finished) {
      end.close();
      return;
    }
    const request = this.#request;
    const method = methodText(request.method());
    const chunked =
      request.content !== undefined && !request.list.some(([name]) => name === 'content-length');
    const head = headersOf(request, target, method, chunked);
    end.outgoing.write(writeHead(`${method} ${request.pathWithQuery() || '/'} HTTP/1.1`, head));
    if (request.content !== undefined) {
      // A server may answer before it has read everything, or anything.
      sendBody(request.content, end.outgoing, chunked, (whole) => {
        if (!whole && end.outgoing.capacity() !== undefined) this.#fail({ tag: 'connection-terminated' });
      });
    }
    this.#giveUpAfter(this.#firstByteNs, 'connection-read-timeout');
    this.#readHead(new MessageInput(end.incoming), method);
  }

  #readHead(input: MessageInput, method: string): void {
    try {
      const head = readResponseHead(input);
      if (head === undefined && input.ended) {
        this.#fail({ tag: input.heldBytes > 0 ? 'HTTP-response-incomplete' : 'connection-terminated' });
      } else if (head === undefined) {
        input.pipe.readable.add(() => this.#readHead(input, method));
      } else {
        this.#answered(head, new IncomingBytes(input, responseFraming(head, method)));
      }
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#fail({ tag: 'HTTP-protocol-error' });
    }
  }

  #answered({ status, headers }: ResponseHead, body: IncomingBytes): void {
    this.#stopTimer();
    if (this.#process.finished) return;
    const stall = stallWatch(this.#process, this.#betweenBytesNs, body);
    const closed = () => {
      stall.look(true);
      this.#close();
    };
    const val = new IncomingResponse(this.#process, { status, headers, body, closed, stall });
    this.future.settle({ tag: 'ok', val });
  }

  /** What has no name among sockets' errors went wrong with TLS, where there was to be any. */
  #failed(code: SocketErrorCode, encrypted = false): void {
    const isTls = encrypted && (code === 'unknown' || code === 'not-supported');
    this.#fail(isTls ? { tag: 'TLS-protocol-error' } : httpErrorOf(new SocketError(code)));
  }

  #fail(val: HttpErrorCode): void {
    this.#close();
    this.future.settle({ tag: 'err', val });
  }

  #giveUpAfter(durationNs: bigint, tag: 'connection-timeout' | 'connection-read-timeout'): void {
    this.#stopTimer();
    const { timers, clock } = this.#process.container.world;
    const timer = timers.add(clock.nowNs() + durationNs, () => this.#fail({ tag }));
    this.#stopTimer = () => timers.cancel(timer);
  }
}

function headersOf(
  request: OutgoingRequest,
  { authority }: Target,
  method: string,
  chunked: boolean,
): HeaderList {
  const bodiless = request.content === undefined && ['POST', 'PUT', 'PATCH'].includes(method);
  return [
    ['host', authority],
    ...request.list,
    ...(chunked ? [['transfer-encoding', 'chunked'] as const] : []),
    ...(bodiless ? [['content-length', '0'] as const] : []),
    ['connection', 'close'],
  ];
}

/** Begins to count when somebody looks for more of the body and there is none. */
function stallWatch(process: Process, limitNs: bigint, body: IncomingBytes): StallWatch {
  const { timers, clock } = process.container.world;
  let stop: (() => void) | undefined;
  const watch = {
    late: false,
    look(comes: boolean) {
      if (comes) {
        stop?.();
        stop = undefined;
      } else if (stop === undefined) {
        const timer = timers.add(clock.nowNs() + limitNs, () => {
          watch.late = true;
          body.readable.notify();
        });
        stop = () => timers.cancel(timer);
      }
    },
  };
  return watch;
}
