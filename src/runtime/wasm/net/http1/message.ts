/** HTTP/1.1 messages (RFC 9112) as they stand on a connection: heads in and out, and how a body is framed. */
import type { BytePipe } from '../../host/bytes.ts';

/** Header fields in the order in which they came; a letter is a byte (latin1). */
export type HeaderList = readonly (readonly [name: string, value: string])[];

export interface RequestHead {
  readonly method: string;
  /** As it stands in the request line: `/path?query`, an absolute URL, `*`. */
  readonly target: string;
  readonly minor: 0 | 1;
  readonly headers: HeaderList;
}

export interface ResponseHead {
  readonly status: number;
  readonly minor: 0 | 1;
  readonly headers: HeaderList;
}

/** How long a body is. `close`: as long as the connection is open. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' };

/** What is wrong with a message, as the status that a server answers it with. */
export class MalformedMessage extends Error {
  readonly status: 400 | 431 | 501 | 505;
  constructor(status: 400 | 431 | 501 | 505, message: string) {
    super(message);
    this.status = status;
  }
}

/** Of a message's first line and its header fields together, and of its trailers. */
export const HEAD_LIMIT_BYTES = 64 << 10;
const READ_BYTES = 65_536;

/** What a method or a field's name may be called (RFC 9110, 5.6.2). */
export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the letters that a value may not have
const BAD_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/;

/** Whether a method or a field's name may be called so (RFC 9110, 5.6.2). */
export const isToken = (text: string): boolean => TOKEN.test(text);
/** Whether a field's value may stand in a message: no control letters but the tab. */
export const isFieldValue = (text: string): boolean => !BAD_VALUE.test(text);

/** A connection's incoming bytes, looked at as lines and pieces. Takes no more from the pipe than it needs. */
export class MessageInput {
  readonly pipe: BytePipe;
  /** Nothing more will come than what is held. */
  ended = false;
  #held: Buffer = Buffer.alloc(0);

  constructor(pipe: BytePipe) {
    this.pipe = pipe;
  }

  get heldBytes(): number {
    return this.#held.length;
  }

  /** True when a byte could be taken, or none ever will. */
  get isReadable(): boolean {
    return this.#held.length > 0 || this.ended || this.pipe.isReadable();
  }

  /** At most `most` bytes; empty when there are none now. */
  take(most: number): Uint8Array {
    if (this.#held.length === 0) this.#more(Math.min(most, READ_BYTES));
    const piece = this.#held.subarray(0, most);
    this.#held = this.#held.subarray(piece.length);
    return piece;
  }

  /** The next line without its end; undefined while it is not whole. @throws MalformedMessage for one that is too long. */
  line(limitBytes: number): string | undefined {
    return this.#upTo('\r\n', limitBytes);
  }

  /** First line and fields of a message, with empty lines before it left out (RFC 9112, 2.2); undefined while not whole. */
  head(): { readonly firstLine: string; readonly headers: HeaderList } | undefined {
    while (this.#held.length >= 2 || this.#more(READ_BYTES)) {
      if (this.#held.length < 2) continue;
      if (this.#held.toString('latin1', 0, 2) !== '\r\n') break;
      this.#held = this.#held.subarray(2);
    }
    const text = this.#upTo('\r\n\r\n', HEAD_LIMIT_BYTES);
    if (text === undefined) return undefined;
    const [firstLine = '', ...lines] = text.split('\r\n');
    return { firstLine, headers: lines.map(field) };
  }

  #upTo(mark: string, limitBytes: number): string | undefined {
    for (;;) {
      const at = this.#held.indexOf(mark);
      if (at > limitBytes || (at === -1 && this.#held.length > limitBytes)) {
        throw new MalformedMessage(431, `more than ${limitBytes} bytes of header fields`);
      }
      if (at !== -1) {
        const text = this.#held.toString('latin1', 0, at);
        this.#held = this.#held.subarray(at + mark.length);
        return text;
      }
      if (!this.#more(READ_BYTES)) return undefined;
    }
  }

  #more(most: number): boolean {
    const bytes = this.pipe.read(most);
    if (bytes === undefined) this.ended = true;
    if (bytes === undefined || bytes.length === 0) return false;
    this.#held = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes]);
    return true;
  }
}

/** One header field's line. @throws MalformedMessage, for a folded one too. */
export function field(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon));
  const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
  if (!isToken(name) || !isFieldValue(value)) {
    throw new MalformedMessage(400, `malformed header field "${line.slice(0, 80)}"`);
  }
  return [name, value];
}

/** Undefined while it is not whole. @throws MalformedMessage */
export function readRequestHead(input: MessageInput): RequestHead | undefined {
  const head = input.head();
  if (head === undefined) return undefined;
  const [method = '', target = '', version = '', ...rest] = head.firstLine.split(' ');
  const known = /^HTTP\/(\d)\.(\d)$/.exec(version);
  if (!isToken(method) || !/^[\x21-\x7e]+$/.test(target) || known === null || rest.length > 0) {
    throw new MalformedMessage(400, `malformed request line "${head.firstLine.slice(0, 80)}"`);
  }
  if (known[1] !== '1') throw new MalformedMessage(505, `${version} is not spoken here`);
  return { method, target, minor: known[2] === '0' ? 0 : 1, headers: head.headers };
}

/** Skips interim answers (RFC 9110, 15.2); undefined while it is not whole. @throws MalformedMessage */
export function readResponseHead(input: MessageInput): ResponseHead | undefined {
  for (;;) {
    const head = input.head();
    if (head === undefined) return undefined;
    const line = /^HTTP\/1\.(\d) (\d{3})(?: |$)/.exec(head.firstLine);
    if (line === null) {
      throw new MalformedMessage(400, `malformed HTTP response "${head.firstLine.slice(0, 80)}"`);
    }
    const status = Number(line[2]);
    const isInterim = status < 200 && status !== 101;
    if (!isInterim) return { status, minor: line[1] === '0' ? 0 : 1, headers: head.headers };
  }
}

/** A message's head as it is sent. */
export function writeHead(firstLine: string, headers: HeaderList): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([firstLine, ...lines, '', ''].join('\r\n'), 'latin1');
}

/** Every value of a field, commas taken apart. */
export function valuesOf(headers: HeaderList, name: string): readonly string[] {
  return headers
    .filter(([other]) => other.toLowerCase() === name)
    .flatMap(([, value]) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

/** RFC 9112, 6.3. @throws MalformedMessage where two readers could understand different lengths. */
export function requestFraming({ headers, minor }: RequestHead): Framing {
  const declared = declaredFraming(headers);
  // 6.1: who speaks 1.0 does not know of codings, and whoever stands in between may read on as if there were none.
  if (minor === 0 && has(headers, 'transfer-encoding'))
    throw new MalformedMessage(400, 'a transfer coding in HTTP/1.0');
  if (declared === 'unknown') throw new MalformedMessage(501, 'a transfer coding that is not chunked');
  return declared ?? { kind: 'none' };
}

/** RFC 9112, 6.3; `method` is the request's. @throws MalformedMessage */
export function responseFraming({ status, headers }: ResponseHead, method: string): Framing {
  if (method === 'HEAD' || status === 204 || status === 304 || status < 200) return { kind: 'none' };
  const declared = declaredFraming(headers);
  return declared === undefined || declared === 'unknown' ? { kind: 'close' } : declared;
}

function declaredFraming(headers: HeaderList): Framing | 'unknown' | undefined {
  const hasLength = has(headers, 'content-length');
  const lengths = new Set(valuesOf(headers, 'content-length'));
  const [length = ''] = lengths;
  if (hasLength && (lengths.size > 1 || !/^\d{1,15}$/.test(length))) {
    throw new MalformedMessage(400, 'malformed content-length');
  }
  if (has(headers, 'transfer-encoding')) {
    if (hasLength) throw new MalformedMessage(400, 'both transfer-encoding and content-length');
    const codings = valuesOf(headers, 'transfer-encoding').map((coding) => coding.toLowerCase());
    return codings.join() === 'chunked' ? { kind: 'chunked' } : 'unknown';
  }
  return hasLength ? { kind: 'length', bytes: Number(length) } : undefined;
}

const has = (headers: HeaderList, name: string) => headers.some(([other]) => other.toLowerCase() === name);

/**
 * As whom a server is asked: the request line's word comes before the field's (RFC 9112, 3.2).
 * @throws MalformedMessage where there is none in HTTP/1.1, or more than one
 */
export function requestAuthority({ target, minor, headers }: RequestHead): string | undefined {
  const hosts = headers.filter(([name]) => name.toLowerCase() === 'host').map(([, value]) => value);
  if (hosts.length > 1 || (hosts.length === 0 && minor === 1))
    throw new MalformedMessage(400, `${hosts.length === 0 ? 'no' : 'more than one'} host`);
  return /^https?:\/\/([^/?]*)/i.exec(target)?.[1] ?? hosts[0];
}

/** Whether another message may follow on the connection. */
export function keepsAlive({
  minor,
  headers,
}: {
  readonly minor: 0 | 1;
  readonly headers: HeaderList;
}): boolean {
  const wishes = valuesOf(headers, 'connection').map((wish) => wish.toLowerCase());
  return minor === 1 ? !wishes.includes('close') : wishes.includes('keep-alive');
}
