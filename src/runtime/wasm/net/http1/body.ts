/** Bodies of HTTP/1.1 messages: taken out of a connection by their framing, and framed on their way into one. */
import { type BytePipe, type ByteSource, PIPE_BYTES } from '../../host/bytes.ts';
import type { WaitQueue } from '../../scheduler/wait-queue.ts';
import {
  type Framing,
  field,
  HEAD_LIMIT_BYTES,
  type HeaderList,
  MalformedMessage,
  type MessageInput,
} from './message.ts';

const CHUNK_LINE_BYTES = 1024;
const NOTHING = new Uint8Array(0);

/** Why a body ended before its end: the other side went away, or wrote what is no body. */
export type BodyFailure = 'incomplete' | 'malformed';

/** A body as it comes in; reads no further than its own end. */
export class IncomingBytes implements ByteSource {
  readonly readable: WaitQueue;
  readonly #input: MessageInput;
  readonly #chunked: boolean;
  readonly #untilClose: boolean;
  /** Bytes up to the end, or up to the end of the chunk. */
  #left: number;
  #state: 'data' | 'chunkEnd' | 'chunkSize' | 'trailers' | 'done' = 'data';
  readonly #trailers: (readonly [string, string])[] = [];
  /** Of all trailers, their line ends included. */
  #trailerBytes = 0;
  /** Set when the body will not come to its end. */
  failure: BodyFailure | undefined;

  constructor(input: MessageInput, framing: Framing) {
    this.#input = input;
    this.readable = input.pipe.readable;
    this.#chunked = framing.kind === 'chunked';
    this.#untilClose = framing.kind === 'close';
    this.#left = framing.kind === 'length' ? framing.bytes : framing.kind === 'close' ? Infinity : 0;
    if (this.#chunked) this.#state = 'chunkSize';
    else if (this.#left === 0) this.#state = 'done';
  }

  /** The whole body has been read. */
  get done(): boolean {
    return this.#state === 'done';
  }

  /** Of a body that is done. */
  get trailers(): HeaderList {
    return this.#trailers;
  }

  /** Empty while nothing is there; undefined at the end, also at one that came too early (`failure`). */
  read(length: number): Uint8Array | undefined {
    if (!this.#toData()) return this.done || this.failure !== undefined ? undefined : NOTHING;
    const piece = this.#input.take(Math.min(length, this.#left, PIPE_BYTES));
    this.#left -= piece.length;
    if (piece.length > 0) return piece;
    if (!this.#input.ended) return NOTHING;
    if (this.#untilClose) this.#state = 'done';
    else this.failure = 'incomplete';
    return undefined;
  }

  isReadable(): boolean {
    return this.#toData() ? this.#input.isReadable : this.done || this.failure !== undefined;
  }

  retain(): void {}
  release(): void {}

  /** Goes on to the next byte of the body itself; false when there is none, or none yet. */
  #toData(): boolean {
    try {
      while (this.failure === undefined && this.#state !== 'done') {
        if (this.#state === 'data') {
          if (this.#left > 0) return true;
          this.#state = this.#chunked ? 'chunkEnd' : 'done';
        } else if (!this.#nextLine()) {
          if (this.#input.ended) this.failure = 'incomplete';
          return false;
        }
      }
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.failure = 'malformed';
    }
    return false;
  }

  #nextLine(): boolean {
    const limit = this.#state === 'trailers' ? HEAD_LIMIT_BYTES : CHUNK_LINE_BYTES;
    const line = this.#input.line(limit);
    if (line === undefined) return false;
    switch (this.#state) {
      case 'chunkEnd':
        if (line !== '') throw new MalformedMessage(400, 'a chunk that is longer than it says');
        this.#state = 'chunkSize';
        return true;
      case 'chunkSize': {
        const size = /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line)?.[1];
        if (size === undefined) throw new MalformedMessage(400, 'malformed chunk size');
        this.#left = Number.parseInt(size, 16);
        this.#state = this.#left === 0 ? 'trailers' : 'data';
        return true;
      }
      default:
        if (line === '') this.#state = 'done';
        else this.#addTrailer(line);
        return true;
    }
  }

  #addTrailer(line: string): void {
    this.#trailerBytes += line.length + 2;
    if (this.#trailerBytes > HEAD_LIMIT_BYTES) throw new MalformedMessage(431, 'too many trailers');
    this.#trailers.push(field(line));
  }
}

/** What is to be sent, and what is known of it once its pipe is at its end. */
export interface OutgoingSource {
  readonly pipe: BytePipe;
  /** The body ended as it should; otherwise the connection has to say that it did not. */
  readonly finished: boolean;
  readonly trailers: HeaderList;
}

const PIECE_BYTES = 16_384;

/**
 * Sends a body as it is written, holding its writer back while the connection is full. `ended` is called once: with
 * true when the body was sent to its end.
 */
export function sendBody(
  from: OutgoingSource,
  to: BytePipe,
  chunked: boolean,
  ended: (whole: boolean) => void,
): void {
  for (;;) {
    const room = to.capacity();
    if (room === undefined) {
      from.pipe.closeReader();
      ended(false);
      return;
    }
    if (room === 0) {
      to.writable.add(() => sendBody(from, to, chunked, ended));
      return;
    }
    const bytes = from.pipe.read(Math.min(room, PIECE_BYTES));
    if (bytes === undefined) {
      if (from.finished && chunked) to.write(lastChunk(from.trailers));
      ended(from.finished);
      return;
    }
    if (bytes.length === 0) {
      from.pipe.readable.add(() => sendBody(from, to, chunked, ended));
      return;
    }
    to.write(chunked ? chunk(bytes) : bytes);
  }
}

const chunk = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

const lastChunk = (trailers: HeaderList) =>
  Buffer.from(`0\r\n${trailers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`, 'latin1');
