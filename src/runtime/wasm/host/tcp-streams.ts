/** The two streams of a TCP connection, each of which can be shut down by itself. */
import type { ConnectionEnd } from '../net/connection.ts';
import type { ByteSink, ByteSource } from './bytes.ts';

export class ConnectionStreams {
  readonly source: ByteSource;
  readonly sink: ByteSink;
  readonly #end: ConnectionEnd;
  #receives = true;
  #sends = true;

  constructor(end: ConnectionEnd) {
    this.#end = end;
    const { incoming, outgoing } = end;
    this.source = {
      read: (length) => (this.#receives ? incoming.read(length) : undefined),
      isReadable: () => !this.#receives || incoming.isReadable(),
      readable: incoming.readable,
      retain() {},
      release() {},
    };
    this.sink = {
      capacity: () => (this.#sends ? outgoing.capacity() : undefined),
      write: (bytes) => outgoing.write(bytes),
      writable: outgoing.writable,
      retain() {},
      release() {},
    };
  }

  /** The other side reads to the end of what was sent. */
  shutdownSend(): void {
    this.#sends = false;
    this.#end.outgoing.release();
    this.#end.outgoing.writable.notify();
  }

  /** What has come and comes is dropped. */
  shutdownReceive(): void {
    this.#receives = false;
    this.#end.incoming.closeReader();
  }
}
