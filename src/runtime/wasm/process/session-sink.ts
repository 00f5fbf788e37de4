/** A program's output on its way to one who is attached: bounded by what the reader there has taken. */
import { type ByteSink, PIPE_BYTES } from '../host/bytes.ts';
import { WaitQueue } from '../scheduler/wait-queue.ts';

export class SessionSink implements ByteSink {
  readonly writable: WaitQueue;
  readonly #post: (bytes: Uint8Array) => void;
  #inFlightBytes = 0;
  #open = true;

  /** `writable` is notified when there is room again; a sink that stands beside others shares theirs. */
  constructor(post: (bytes: Uint8Array) => void, writable = new WaitQueue()) {
    this.#post = post;
    this.writable = writable;
  }

  /** Once nobody is attached any more everything is taken, and dropped. */
  capacity(): number {
    return this.#open ? Math.max(0, PIPE_BYTES - this.#inFlightBytes) : PIPE_BYTES;
  }

  write(bytes: Uint8Array): void {
    if (!this.#open || bytes.length === 0) return;
    this.#inFlightBytes += bytes.length;
    this.#post(bytes.slice());
  }

  /** The reader has taken so much. */
  taken(bytes: number): void {
    this.#inFlightBytes -= bytes;
    this.writable.notify();
  }

  close(): void {
    this.#open = false;
    this.writable.notify();
  }

  retain(): void {}
  release(): void {}
}
