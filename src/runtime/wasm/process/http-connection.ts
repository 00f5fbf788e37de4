/** One connection to a served component: request after request, each handed to an instance of its own. */
import { IncomingRequest, ResponseOutparam, type ResponseResult } from '../host/http/messages.ts';
import type { ConnectionEnd } from '../net/connection.ts';
import { IncomingBytes, sendBody } from '../net/http1/body.ts';
import {
  type HeaderList,
  keepsAlive,
  MalformedMessage,
  MessageInput,
  type RequestHead,
  readRequestHead,
  requestAuthority,
  requestFraming,
  valuesOf,
  writeHead,
} from '../net/http1/message.ts';
import { secondsNs } from '../scheduler/clock.ts';
import { type HttpServer, say } from './http-server.ts';
import type { Process } from './process.ts';

/** How long a connection may wait for a request, or for the rest of its head. */
const IDLE_SECONDS = 60;
/** Of a request's body that its handler did not read, so much is read over; beyond it the connection ends. */
const SKIP_BYTES = 65_536;
/** What starting an instance costs in virtual time, in bytes of `hostCall`: some 5 ms. */
const START_BYTES = 1 << 20;

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
};

/** A request that is being answered. */
interface Exchange {
  readonly head: RequestHead;
  readonly authority: string | undefined;
  readonly body: IncomingBytes;
  answered: boolean;
}

export class HttpConnection {
  readonly #server: HttpServer;
  readonly #end: ConnectionEnd;
  readonly #input: MessageInput;
  readonly #release: () => void;
  #exchange: Exchange | undefined;
  #stopWaiting = () => {};
  #open = true;

  constructor(server: HttpServer, end: ConnectionEnd) {
    this.#server = server;
    this.#end = end;
    this.#input = new MessageInput(end.incoming);
    this.#release = server.process.own(() => end.close());
  }

  begin(): void {
    const { timers, clock } = this.#server.process.container.world;
    const timer = timers.add(clock.nowNs() + secondsNs(IDLE_SECONDS), () => this.#close());
    this.#stopWaiting = () => timers.cancel(timer);
    this.#readHead();
  }

  /** The server stops: a connection that waits for a request ends now, another one after its answer. */
  stop(): void {
    if (this.#exchange === undefined) this.#close();
  }

  /** Not before the last answer is on its way: a client that never reads would have answers without end kept for it. */
  #readHead(): void {
    if (!this.#open) return;
    if (this.#end.outgoing.capacity() === 0) {
      this.#end.outgoing.writable.add(() => this.#readHead());
      return;
    }
    try {
      const head = readRequestHead(this.#input);
      if (head !== undefined) {
        const body = new IncomingBytes(this.#input, requestFraming(head));
        this.#begun({ head, authority: requestAuthority(head), body, answered: false });
      } else if (this.#input.ended) this.#close();
      else this.#input.pipe.readable.add(() => this.#readHead());
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#refuse(error.status, error.message);
    }
  }

  #begun(exchange: Exchange): void {
    this.#stopWaiting();
    this.#exchange = exchange;
    if (valuesOf(exchange.head.headers, 'expect').includes('100-continue'))
      this.#end.outgoing.write(writeHead('HTTP/1.1 100 Continue', []));
    const process = this.#server.start((handler) => this.#handle(handler, exchange));
    if (process === undefined) this.#refuse(503, 'too many processes in the container');
    else process.gone.add(() => this.#handled(process, exchange));
  }

  /** The life of the instance that answers. */
  async #handle(process: Process, exchange: Exchange): Promise<void> {
    process.hostCall(START_BYTES);
    const { incomingHandler } = await process.instantiate();
    if (process.outcome !== undefined) return;
    const { method, target, headers } = exchange.head;
    const request = new IncomingRequest(process, {
      method,
      path: pathOf(target),
      authority: exchange.authority,
      headers,
      body: exchange.body,
      closed: () => {},
    });
    const outparam = new ResponseOutparam((result) => this.#answer(process, exchange, result));
    await incomingHandler?.handle(request, outparam);
  }

  #answer(process: Process, exchange: Exchange, result: ResponseResult): void {
    if (exchange.answered) throw new Error('unreachable: the response was set before');
    exchange.answered = true;
    if (result.tag === 'err') {
      say(process, `[${process.pid}] the handler answered with the error ${result.val.tag}`);
      this.#answeredWhole(exchange, this.#respond(exchange, 500, [], 'empty'));
      return;
    }
    const response = result.val;
    const { content } = response;
    const status = response.statusCode();
    const bodiless = exchange.head.method === 'HEAD' || status === 204 || status === 304;
    const sized = valuesOf(response.list, 'content-length').length > 0;
    const chunked = content !== undefined && !sized && exchange.head.minor === 1;
    const framing = bodiless ? 'none' : content === undefined ? 'empty' : chunked ? 'chunked' : 'plain';
    const last = this.#respond(exchange, status, response.list, framing);
    if (content === undefined) this.#answeredWhole(exchange, last);
    else if (bodiless) {
      content.pipe.closeReader();
      this.#answeredWhole(exchange, last);
    } else {
      sendBody(content, this.#end.outgoing, chunked, (whole) => {
        if (whole && (chunked || sized)) this.#answeredWhole(exchange, last);
        else this.#close();
      });
    }
  }

  /** The instance is gone: one that gave no answer is answered for. */
  #handled({ pid, outcome }: Process, exchange: Exchange): void {
    if (exchange.answered) return;
    exchange.answered = true;
    if (!this.#open || this.#server.process.outcome !== undefined) return;
    const why = outcome?.message || 'the handler returned without a response (response-outparam.set)';
    say(this.#server.process, `[${pid}] request failed: ${why}`);
    this.#answeredWhole(exchange, this.#respond(exchange, 500, [], 'empty'));
  }

  /** Sends the head of an answer; says whether the connection ends after it. */
  #respond(
    { head }: Exchange,
    status: number,
    headers: HeaderList,
    framing: 'none' | 'empty' | 'chunked' | 'plain',
  ): boolean {
    const last = this.#server.stopping || !keepsAlive(head);
    const { clock } = this.#server.process.container.world;
    const has = (wanted: string) => headers.some(([name]) => name === wanted);
    const lines: HeaderList = [
      ...headers,
      ...(has('date') ? [] : [['date', new Date(clock.epochMs()).toUTCString()] as const]),
      ...(framing === 'chunked' ? [['transfer-encoding', 'chunked'] as const] : []),
      ...(framing === 'empty' && !has('content-length') ? [['content-length', '0'] as const] : []),
      ...(last || head.minor === 0 ? [['connection', last ? 'close' : 'keep-alive'] as const] : []),
    ];
    this.#end.outgoing.write(writeHead(`HTTP/1.1 ${status} ${REASONS[status] ?? ''}`, lines));
    return last;
  }

  /** The answer is sent: the next request, once this one's body is out of the way. */
  #answeredWhole({ body }: Exchange, last: boolean): void {
    if (!this.#open) return;
    this.#exchange = undefined;
    if (last || this.#server.stopping || !skipped(body)) this.#close();
    else this.begin();
  }

  #refuse(status: number, why: string): void {
    const text = Buffer.from(`${why}\n`);
    const lines: HeaderList = [
      ['content-type', 'text/plain; charset=utf-8'],
      ['content-length', String(text.length)],
      ['connection', 'close'],
    ];
    this.#end.outgoing.write(writeHead(`HTTP/1.1 ${status} ${REASONS[status] ?? ''}`, lines));
    this.#end.outgoing.write(text);
    this.#close();
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#stopWaiting();
    this.#release();
    this.#server.closed(this);
  }
}

/** A request through a proxy names the whole URL. */
const pathOf = (target: string) => target.replace(/^https?:\/\/[^/?]*/i, '') || '/';

/** Reads over what is left of a body; false when it is too much, or not all there yet. */
function skipped(body: IncomingBytes): boolean {
  for (let left = SKIP_BYTES; left > 0; ) {
    const piece = body.read(left);
    if (piece === undefined) return body.done;
    if (piece.length === 0) return false;
    left -= piece.length;
  }
  return body.done;
}
