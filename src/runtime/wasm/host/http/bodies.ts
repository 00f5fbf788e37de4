/** Bodies of `wasi:http/types`: what comes in, with its trailers, and what a guest writes. */
import type { IncomingBytes, OutgoingSource } from '../../net/http1/body.ts';
import { type HeaderList, valuesOf } from '../../net/http1/message.ts';
import type { Process } from '../../process/process.ts';
import { BytePipe, type ByteSink, type ByteSource } from '../bytes.ts';
import { Pollable } from '../poll.ts';
import { ResultError } from '../result.ts';
import { InputStream, OutputStream } from '../streams.ts';
import { HttpError, type HttpErrorCode } from './error-code.ts';
import { Fields, seenOf } from './fields.ts';

/** `result` without a payload: the call cannot be made again, or not in this state. */
export const refusal = () => new ResultError(undefined);

/** What a body's reader hears when the body ends too early. */
export function failureOf(bytes: IncomingBytes): HttpErrorCode | undefined {
  if (bytes.failure === undefined) return undefined;
  return { tag: bytes.failure === 'malformed' ? 'HTTP-protocol-error' : 'HTTP-response-incomplete' };
}

/** Watches that a body does not come to a halt. */
export interface StallWatch {
  /** Told whenever somebody looks for more of the body; `comes` when there is some. */
  look(comes: boolean): void;
  /** Nothing came for too long. */
  readonly late: boolean;
}

/** The body of a request or a response that came over a connection. */
export class IncomingBody {
  readonly process: Process;
  readonly bytes: IncomingBytes;
  readonly #closed: () => void;
  readonly #stall: StallWatch | undefined;
  readonly #release: () => void;
  #streamGiven = false;

  /** `closed` is called once nobody reads the body any more. */
  constructor(process: Process, bytes: IncomingBytes, closed: () => void, stall?: StallWatch) {
    this.process = process;
    this.bytes = bytes;
    this.#closed = closed;
    this.#stall = stall;
    this.#release = process.own(closed);
  }

  stream(): InputStream {
    this.process.hostCall();
    if (this.#streamGiven) throw refusal();
    this.#streamGiven = true;
    const { bytes } = this;
    const stall = this.#stall;
    const source: ByteSource = {
      read(length) {
        if (stall?.late) throw new HttpError({ tag: 'connection-read-timeout' });
        const piece = bytes.read(length);
        const failure = failureOf(bytes);
        if (piece === undefined && failure !== undefined) throw new HttpError(failure);
        return piece;
      },
      isReadable() {
        const comes = bytes.isReadable();
        stall?.look(comes);
        return comes || (stall?.late ?? false);
      },
      readable: bytes.readable,
      retain() {},
      release() {},
    };
    return new InputStream(this.process, source);
  }

  /** Gives the body up for its trailers: what nobody has read of it is read over. */
  static finish(body: IncomingBody): FutureTrailers {
    body.process.hostCall();
    body.process.disown(body.#release);
    return new FutureTrailers(body.process, body.bytes, body.#closed);
  }

  [Symbol.dispose](): void {
    this.#release();
  }
}

type TrailersResult =
  | { readonly tag: 'ok'; readonly val: Fields | undefined }
  | { readonly tag: 'err'; readonly val: HttpErrorCode };

/** How much of a body is read over at once, looking for its trailers. */
const SKIP_BYTES = 65_536;

export class FutureTrailers {
  readonly #process: Process;
  readonly #bytes: IncomingBytes;
  readonly #release: () => void;
  #taken = false;

  constructor(process: Process, bytes: IncomingBytes, closed: () => void) {
    this.#process = process;
    this.#bytes = bytes;
    this.#release = process.own(closed);
  }

  subscribe(): Pollable {
    return new Pollable(this.#process, { isReady: () => this.#isReady(), queue: this.#bytes.readable });
  }

  /** Undefined while they have not come; given once. */
  get(): { readonly tag: 'ok'; readonly val: TrailersResult } | { readonly tag: 'err' } | undefined {
    this.#process.hostCall();
    if (this.#taken) return { tag: 'err' };
    if (!this.#isReady()) return undefined;
    this.#taken = true;
    const failure = failureOf(this.#bytes);
    if (failure !== undefined) return { tag: 'ok', val: { tag: 'err', val: failure } };
    const { trailers } = this.#bytes;
    const val = trailers.length === 0 ? undefined : Fields.received(this.#process, seenOf(trailers));
    return { tag: 'ok', val: { tag: 'ok', val } };
  }

  #isReady(): boolean {
    for (;;) {
      const piece = this.#bytes.read(SKIP_BYTES);
      if (piece === undefined) return true;
      if (piece.length === 0) return false;
    }
  }

  [Symbol.dispose](): void {
    this.#release();
  }
}

/** A body that a guest writes: it lies in a pipe until it is sent. Without `finish` it has no end. */
export class OutgoingBody implements OutgoingSource {
  readonly process: Process;
  readonly pipe = new BytePipe();
  readonly #tooLong: 'HTTP-request-body-size' | 'HTTP-response-body-size';
  /** What the guest's `content-length` promises. */
  readonly #promised: number | undefined;
  readonly #release: () => void;
  #written = 0;
  #streamGiven = false;
  finished = false;
  trailers: HeaderList = [];

  constructor(process: Process, of: 'request' | 'response', headers: HeaderList) {
    this.process = process;
    this.#tooLong = `HTTP-${of}-body-size`;
    const [length] = valuesOf(headers, 'content-length');
    this.#promised = length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
    this.#release = process.own(() => this.pipe.release());
  }

  write(): OutputStream {
    this.process.hostCall();
    if (this.#streamGiven) throw refusal();
    this.#streamGiven = true;
    const { pipe } = this;
    const sink: ByteSink = {
      capacity: () => pipe.capacity(),
      write: (bytes) => {
        this.#written += bytes.length;
        if (this.#promised !== undefined && this.#written > this.#promised) throw this.#wrongSize();
        pipe.write(bytes);
      },
      writable: pipe.writable,
      retain() {},
      release() {},
    };
    return new OutputStream(this.process, sink);
  }

  /** The body is whole. @throws HttpError when it is not as long as its `content-length` says. */
  static finish(body: OutgoingBody, trailers: Fields | undefined): void {
    body.process.hostCall();
    const asPromised = body.#promised === undefined || body.#written === body.#promised;
    body.finished = asPromised;
    body.trailers = trailers?.list ?? [];
    body.#release();
    if (!asPromised) throw body.#wrongSize();
  }

  [Symbol.dispose](): void {
    this.#release();
  }

  #wrongSize(): HttpError {
    return new HttpError({ tag: this.#tooLong, val: BigInt(this.#written) });
  }
}
