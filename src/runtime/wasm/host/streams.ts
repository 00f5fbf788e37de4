/** `wasi:io/streams` and `wasi:io/error` over byte sources and sinks. */
import { aborted } from '../process/exit.ts';
import type { Process } from '../process/process.ts';
import type { ByteSink, ByteSource } from './bytes.ts';
import { HttpError, type HttpErrorCode } from './http/error-code.ts';
import { LIFT_LIMIT_BYTES } from './lift.ts';
import { Pollable, type PollSource, waitForAny } from './poll.ts';
import { FileError, type FileErrorCode, ResultError } from './result.ts';

const TOO_MANY_ZEROES = `one call writes more zeroes than ${LIFT_LIMIT_BYTES >> 20} MiB`;
/** A stream never moves more than this at once. */
const CHUNK_BYTES = 65_536;

/** The `error` resource. */
export class IoError {
  /** Of a file's stream, or of an HTTP body's. */
  readonly code: FileErrorCode | HttpErrorCode;
  constructor(code: FileErrorCode | HttpErrorCode) {
    this.code = code;
  }
  toDebugString(): string {
    return typeof this.code === 'string' ? this.code : this.code.tag;
  }
}

type StreamFailure =
  | { readonly tag: 'closed' }
  | { readonly tag: 'last-operation-failed'; readonly val: IoError };

const closed = () => new ResultError<StreamFailure>({ tag: 'closed' });

/** Nobody is at the other end any more. */
export const isClosed = (error: unknown) =>
  error instanceof ResultError && (error as ResultError<StreamFailure>).payload.tag === 'closed';

/** The file's error behind a stream's. */
export function failedWith(error: unknown): FileErrorCode | undefined {
  if (!(error instanceof ResultError)) return undefined;
  const { payload } = error as ResultError<StreamFailure>;
  if (payload.tag !== 'last-operation-failed') return undefined;
  return typeof payload.val.code === 'string' ? payload.val.code : undefined;
}

/** A file's or an HTTP body's error inside a stream becomes `last-operation-failed`. */
function streamIo<T>(operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    if (!(error instanceof FileError || error instanceof HttpError)) throw error;
    throw new ResultError<StreamFailure>({ tag: 'last-operation-failed', val: new IoError(error.payload) });
  }
}

export class InputStream {
  readonly process: Process;
  readonly source: ByteSource;
  readonly release: () => void;

  /** Takes over one hold on `source`. */
  constructor(process: Process, source: ByteSource) {
    this.process = process;
    this.source = source;
    this.release = process.own(() => source.release());
  }

  read(length: bigint): Uint8Array {
    this.process.hostCall();
    const bytes = streamIo(() => this.source.read(Math.min(Number(length), CHUNK_BYTES)));
    if (bytes === undefined) throw closed();
    this.process.hostCall(bytes.length);
    return bytes;
  }

  async blockingRead(length: bigint): Promise<Uint8Array> {
    await waitForAny(this.process, [this.pollSource()]);
    return this.read(length);
  }

  skip(length: bigint): bigint {
    return BigInt(this.read(length).length);
  }

  async blockingSkip(length: bigint): Promise<bigint> {
    return BigInt((await this.blockingRead(length)).length);
  }

  subscribe(): Pollable {
    return new Pollable(this.process, this.pollSource());
  }

  pollSource(): PollSource {
    return { isReady: () => this.source.isReadable(), queue: this.source.readable };
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

export class OutputStream {
  readonly process: Process;
  readonly sink: ByteSink;
  readonly release: () => void;

  /** Takes over one hold on `sink`. */
  constructor(process: Process, sink: ByteSink) {
    this.process = process;
    this.sink = sink;
    this.release = process.own(() => sink.release());
  }

  checkWrite(): bigint {
    this.process.hostCall();
    return BigInt(this.#capacity());
  }

  write(bytes: Uint8Array): void {
    this.process.hostCall(this.#cost(bytes));
    if (bytes.length > this.#capacity())
      throw new Error('unreachable: write beyond what check-write allowed');
    streamIo(() => this.sink.write(bytes));
  }

  async blockingWriteAndFlush(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    do {
      this.process.hostCall(this.#cost(rest));
      await waitForAny(this.process, [this.pollSource()]);
      const piece = rest.subarray(0, this.#capacity());
      streamIo(() => this.sink.write(piece));
      rest = rest.subarray(piece.length);
    } while (rest.length > 0);
  }

  flush(): void {
    this.process.hostCall();
    this.#capacity();
  }

  async blockingFlush(): Promise<void> {
    this.flush();
    await Promise.resolve();
  }

  subscribe(): Pollable {
    return new Pollable(this.process, this.pollSource());
  }

  writeZeroes(length: bigint): void {
    if (length > BigInt(this.#capacity()))
      throw new Error('unreachable: write beyond what check-write allowed');
    this.write(new Uint8Array(Number(length)));
  }

  /** As many as a guest could write of its own memory with one call: it is not preempted meanwhile. */
  async blockingWriteZeroesAndFlush(length: bigint): Promise<void> {
    if (length > LIFT_LIMIT_BYTES) this.process.end(aborted(TOO_MANY_ZEROES));
    const zeroes = new Uint8Array(CHUNK_BYTES);
    let rest = length;
    do {
      const piece = rest < CHUNK_BYTES ? Number(rest) : CHUNK_BYTES;
      await this.blockingWriteAndFlush(zeroes.subarray(0, piece));
      rest -= BigInt(piece);
    } while (rest > 0n);
  }

  splice(from: InputStream, length: bigint): bigint {
    const room = Math.min(Number(length), this.#capacity());
    if (room === 0) return 0n;
    const bytes = from.read(BigInt(room));
    this.write(bytes);
    return BigInt(bytes.length);
  }

  async blockingSplice(from: InputStream, length: bigint): Promise<bigint> {
    await waitForAny(this.process, [this.pollSource()]);
    await waitForAny(this.process, [from.pollSource()]);
    return this.splice(from, length);
  }

  pollSource(): PollSource {
    return { isReady: () => this.sink.capacity() !== 0, queue: this.sink.writable };
  }

  #cost(bytes: Uint8Array): number {
    return bytes.length * (this.sink.byteCost ?? 1);
  }

  #capacity(): number {
    const capacity = this.sink.capacity();
    if (capacity === undefined) throw closed();
    return Math.min(capacity, CHUNK_BYTES);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
