/** Where a stream's bytes come from and go to: pipes, sockets, logs and files all look like this to a stream. */
import { WaitQueue } from '../scheduler/wait-queue.ts';

/** Bytes to read. */
export interface ByteSource {
  /** It is a terminal that people type at. */
  readonly isTerminal?: boolean;
  /** At most `length` bytes; empty when nothing is there yet; undefined at the end. */
  read(length: number): Uint8Array | undefined;
  /** True when `read` would not come back empty. */
  isReadable(): boolean;
  readonly readable: WaitQueue;
  /** Counts the readers; the last `release` closes this end. */
  retain(): void;
  release(): void;
}

/** Bytes to write. */
export interface ByteSink {
  /** It is a terminal that people look at. */
  readonly isTerminal?: boolean;
  /** How many bytes `write` takes now; undefined when nobody will ever read them. */
  capacity(): number | undefined;
  write(bytes: Uint8Array): void;
  /** What a byte costs beside a plain copy, in bytes of `hostCall`; 1 when it says nothing. */
  readonly byteCost?: number;
  readonly writable: WaitQueue;
  retain(): void;
  release(): void;
}

/** As Linux's pipes and socket buffers: 64 KiB lie in between at most. */
export const PIPE_BYTES = 65_536;
const SMALL_BYTES = 4096;
const BLOCK_BYTES = 16_384;

/** A bounded queue of bytes with a reading and a writing end, each open until it is released. */
export class BytePipe implements ByteSource, ByteSink {
  readonly readable = new WaitQueue();
  readonly writable = new WaitQueue();
  #chunks: Uint8Array[] = [];
  #held = 0;
  /** Bytes that went in, ever. */
  writtenBytes = 0;
  #readerOpen = true;
  #writers = 1;

  read(length: number): Uint8Array | undefined {
    const first = this.#chunks[0];
    if (first === undefined) return this.#writers > 0 ? new Uint8Array(0) : undefined;
    const piece = first.length <= length ? first : first.subarray(0, length);
    if (piece === first) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(length);
    this.#held -= piece.length;
    this.writable.notify();
    return piece;
  }

  isReadable(): boolean {
    return this.#chunks.length > 0 || this.#writers === 0;
  }

  capacity(): number | undefined {
    return this.#readerOpen ? Math.max(0, PIPE_BYTES - this.#held) : undefined;
  }

  write(bytes: Uint8Array): void {
    if (!this.#readerOpen || this.#writers === 0 || bytes.length === 0) return;
    this.#hold(bytes);
    this.#held += bytes.length;
    this.writtenBytes += bytes.length;
    this.readable.notify();
  }

  /** Small pieces become one: a pipe full of single bytes must not take a hundred times its size. */
  #hold(bytes: Uint8Array): void {
    const last = this.#chunks.at(-1);
    if (last === undefined || last.length + bytes.length > SMALL_BYTES) this.#chunks.push(bytes.slice());
    else this.#chunks[this.#chunks.length - 1] = Buffer.concat([last, bytes]);
  }

  /** One more writer. */
  retain(): void {
    this.#writers++;
  }

  /** One writer less; without any, the reader comes to the end. */
  release(): void {
    if (this.#writers === 0) return;
    this.#writers--;
    if (this.#writers === 0) this.readable.notify();
  }

  /** Nobody reads any more: what is held is dropped and the writers are told. */
  closeReader(): void {
    this.#readerOpen = false;
    this.#chunks = [];
    this.#held = 0;
    this.writable.notify();
    this.readable.notify();
  }
}

/** A pipe's reading end, which several processes may hold. */
export class PipeReader implements ByteSource {
  readonly readable: WaitQueue;
  readonly #pipe: BytePipe;
  #readers = 1;

  constructor(pipe: BytePipe) {
    this.#pipe = pipe;
    this.readable = pipe.readable;
  }

  read(length: number): Uint8Array | undefined {
    return this.#pipe.read(length);
  }

  isReadable(): boolean {
    return this.#pipe.isReadable();
  }

  retain(): void {
    this.#readers++;
  }

  release(): void {
    this.#readers--;
    if (this.#readers === 0) this.#pipe.closeReader();
  }
}

/** Standard input when nobody writes to it: at its end from the start. */
export class EmptySource implements ByteSource {
  readonly readable = new WaitQueue();
  read(): undefined {
    return undefined;
  }
  isReadable(): boolean {
    return true;
  }
  retain(): void {}
  release(): void {}
}

/** Keeps at most `limitBytes` of what is written (an exec's output) and swallows the rest. */
export class CaptureSink implements ByteSink {
  readonly writable = new WaitQueue();
  readonly #limitBytes: number;
  /** Full but for the last one: a program that writes byte by byte must not take a hundred times what it writes. */
  readonly #blocks: Uint8Array[] = [];
  #held = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  capacity(): number {
    return PIPE_BYTES;
  }

  write(bytes: Uint8Array): void {
    let rest = bytes.subarray(0, this.#limitBytes - this.#held);
    while (rest.length > 0) {
      const at = this.#held % BLOCK_BYTES;
      if (at === 0) this.#blocks.push(new Uint8Array(BLOCK_BYTES));
      const piece = rest.subarray(0, BLOCK_BYTES - at);
      this.#blocks.at(-1)?.set(piece, at);
      this.#held += piece.length;
      rest = rest.subarray(piece.length);
    }
  }

  text(): string {
    return Buffer.concat(this.#blocks, this.#held).toString('utf8');
  }

  retain(): void {}
  release(): void {}
}
