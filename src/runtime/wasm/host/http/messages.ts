/** Requests and responses of `wasi:http/types`, in both directions. */
import type { IncomingBytes } from '../../net/http1/body.ts';
import { type HeaderList, TOKEN } from '../../net/http1/message.ts';
import type { Process } from '../../process/process.ts';
import { IncomingBody, OutgoingBody, refusal, type StallWatch } from './bodies.ts';
import type { HttpErrorCode } from './error-code.ts';
import { Fields, seenOf } from './fields.ts';

type MethodTag = 'get' | 'head' | 'post' | 'put' | 'delete' | 'connect' | 'options' | 'trace' | 'patch';
export type Method = { readonly tag: MethodTag } | { readonly tag: 'other'; readonly val: string };
export type Scheme = { readonly tag: 'HTTP' | 'HTTPS' } | { readonly tag: 'other'; readonly val: string };

const METHODS: readonly string[] = [
  'get',
  'head',
  'post',
  'put',
  'delete',
  'connect',
  'options',
  'trace',
  'patch',
] satisfies MethodTag[];

/** `GET` as WASI has it; methods are told apart by case (RFC 9110, 9.1). */
export function methodOf(text: string): Method {
  const tag = text.toLowerCase();
  return METHODS.includes(tag) && text === text.toUpperCase()
    ? { tag: tag as MethodTag }
    : { tag: 'other', val: text };
}

/** Bytes of each part of a request line, as with wasmtime (the http crate's `Uri`). */
const PART_LIMIT_BYTES = 65_534;

/** @throws refusal for a part that is too long, or has a letter that may not stand there */
function checkPart(text: string, allowed: RegExp): void {
  if (text.length > PART_LIMIT_BYTES || !allowed.test(text)) throw refusal();
}

/** As it stands in a request line. */
export const methodText = (method: Method) =>
  method.tag === 'other' ? method.val : method.tag.toUpperCase();

/** A message that came over a connection. `closed` is called once nobody reads its body any more. */
interface Received {
  readonly headers: HeaderList;
  readonly body: IncomingBytes;
  readonly closed: () => void;
  readonly stall?: StallWatch | undefined;
}

/** The body of a received message, given once; without a taker it is closed with its message. */
class BodyOnce {
  readonly #process: Process;
  readonly #received: Received;
  readonly #release: () => void;
  #taken = false;

  constructor(process: Process, received: Received) {
    this.#process = process;
    this.#received = received;
    this.#release = process.own(received.closed);
  }

  take(): IncomingBody {
    this.#process.hostCall();
    if (this.#taken) throw refusal();
    this.#taken = true;
    this.#process.disown(this.#release);
    const { body, closed, stall } = this.#received;
    return new IncomingBody(this.#process, body, closed, stall);
  }

  drop(): void {
    if (!this.#taken) this.#release();
  }
}

export interface ReceivedRequest extends Received {
  readonly method: string;
  readonly path: string;
  readonly authority: string | undefined;
}

export class IncomingRequest {
  readonly #process: Process;
  readonly #request: ReceivedRequest;
  readonly #body: BodyOnce;
  readonly #seen: HeaderList;

  constructor(process: Process, request: ReceivedRequest) {
    this.#process = process;
    this.#request = request;
    this.#body = new BodyOnce(process, request);
    this.#seen = seenOf(request.headers);
  }

  method(): Method {
    return methodOf(this.#request.method);
  }
  pathWithQuery(): string | undefined {
    return this.#request.path;
  }
  scheme(): Scheme {
    return { tag: 'HTTP' };
  }
  authority(): string | undefined {
    return this.#request.authority;
  }
  headers(): Fields {
    this.#process.hostCall();
    return Fields.received(this.#process, this.#seen);
  }
  consume(): IncomingBody {
    return this.#body.take();
  }
  [Symbol.dispose](): void {
    this.#body.drop();
  }
}

export interface ReceivedResponse extends Received {
  readonly status: number;
}

export class IncomingResponse {
  readonly #process: Process;
  readonly #head: ReceivedResponse;
  readonly #body: BodyOnce;
  readonly #seen: HeaderList;

  constructor(process: Process, response: ReceivedResponse) {
    this.#process = process;
    this.#head = response;
    this.#body = new BodyOnce(process, response);
    this.#seen = seenOf(response.headers);
  }

  status(): number {
    return this.#head.status;
  }
  headers(): Fields {
    this.#process.hostCall();
    return Fields.received(this.#process, this.#seen);
  }
  consume(): IncomingBody {
    return this.#body.take();
  }
  [Symbol.dispose](): void {
    this.#body.drop();
  }
}

/** What both kinds of message that a guest makes have: fields that are settled, and a body given once. */
class Outgoing {
  readonly process: Process;
  readonly list: HeaderList;
  readonly #of: 'request' | 'response';
  readonly #release: () => void;
  /** Undefined while the guest has not asked for it. */
  content: OutgoingBody | undefined;

  constructor(process: Process, of: 'request' | 'response', headers: Fields) {
    this.process = process;
    this.list = headers.list;
    this.#of = of;
    this.#release = process.own(() => {});
  }

  headers(): Fields {
    this.process.hostCall();
    return new Fields(this.process, this.list, true);
  }

  body(): OutgoingBody {
    this.process.hostCall();
    if (this.content !== undefined) throw refusal();
    this.content = new OutgoingBody(this.process, this.#of, this.list);
    return this.content;
  }

  [Symbol.dispose](): void {
    this.#release();
  }
}

export class OutgoingRequest extends Outgoing {
  #method: Method = { tag: 'get' };
  #path: string | undefined;
  #scheme: Scheme | undefined;
  #authority: string | undefined;

  constructor(process: Process, headers: Fields) {
    super(process, 'request', headers);
  }

  method(): Method {
    return this.#method;
  }
  setMethod(method: Method): void {
    if (method.tag === 'other') checkPart(method.val, TOKEN);
    this.#method = method;
  }
  pathWithQuery(): string | undefined {
    return this.#path;
  }
  setPathWithQuery(path: string | undefined): void {
    if (path !== undefined) checkPart(path, /^[\x21-\x7e]*$/);
    this.#path = path;
  }
  scheme(): Scheme | undefined {
    return this.#scheme;
  }
  setScheme(scheme: Scheme | undefined): void {
    if (scheme?.tag === 'other') checkPart(scheme.val, /^[A-Za-z][A-Za-z0-9+\-.]*$/);
    this.#scheme = scheme;
  }
  authority(): string | undefined {
    return this.#authority;
  }
  setAuthority(authority: string | undefined): void {
    if (authority !== undefined) checkPart(authority, /^[\w.~%!$&'()*+,;=:@[\]-]+$/);
    this.#authority = authority;
  }
}

export class OutgoingResponse extends Outgoing {
  #status = 200;

  constructor(process: Process, headers: Fields) {
    super(process, 'response', headers);
  }

  statusCode(): number {
    return this.#status;
  }
  setStatusCode(status: number): void {
    if (status < 100 || status > 999) throw refusal();
    this.#status = status;
  }
}

/** Durations in nanoseconds. */
export class RequestOptions {
  readonly #release: () => void;
  #connect: bigint | undefined;
  #firstByte: bigint | undefined;
  #betweenBytes: bigint | undefined;

  constructor(process: Process) {
    this.#release = process.own(() => {});
  }

  connectTimeout(): bigint | undefined {
    return this.#connect;
  }
  setConnectTimeout(duration: bigint | undefined): void {
    this.#connect = duration;
  }
  firstByteTimeout(): bigint | undefined {
    return this.#firstByte;
  }
  setFirstByteTimeout(duration: bigint | undefined): void {
    this.#firstByte = duration;
  }
  betweenBytesTimeout(): bigint | undefined {
    return this.#betweenBytes;
  }
  setBetweenBytesTimeout(duration: bigint | undefined): void {
    this.#betweenBytes = duration;
  }
  [Symbol.dispose](): void {
    this.#release();
  }
}

export type ResponseResult =
  | { readonly tag: 'ok'; readonly val: OutgoingResponse }
  | { readonly tag: 'err'; readonly val: HttpErrorCode };

/** Where a handler puts its answer, once. */
export class ResponseOutparam {
  readonly #answer: (result: ResponseResult) => void;

  constructor(answer: (result: ResponseResult) => void) {
    this.#answer = answer;
  }

  static set(outparam: ResponseOutparam, result: ResponseResult): void {
    outparam.#answer(result);
  }
}
