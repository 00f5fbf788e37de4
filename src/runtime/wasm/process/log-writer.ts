/** Cuts what a container writes into log lines, as a CRI runtime does. */
import type { ByteSink } from '../host/bytes.ts';
import { WaitQueue } from '../scheduler/wait-queue.ts';

/** A longer line goes on in the next entry, tag `P` (containerd's default max_container_log_line_size). */
const LINE_BYTES = 16_384;
/** With wall time, so much may be on its way to the main thread before the writer has to wait. */
const IN_FLIGHT_BYTES = 128 << 10;

export interface CutLine {
  readonly text: string;
  readonly partial: boolean;
}

/** How much log is on its way; shared by both streams of every container. */
export class LogFlow {
  readonly drained = new WaitQueue();
  readonly #bounded: boolean;
  #inFlightBytes = 0;

  constructor(bounded: boolean) {
    this.#bounded = bounded;
  }

  sent(bytes: number): void {
    if (this.#bounded) this.#inFlightBytes += bytes;
  }

  taken(bytes: number): void {
    this.#inFlightBytes -= bytes;
    if (this.capacity() > 0) this.drained.notify();
  }

  capacity(): number {
    return Math.max(0, IN_FLIGHT_BYTES - this.#inFlightBytes);
  }
}

export class LogWriter implements ByteSink {
  /** Ten units of fuel a byte: in virtual time a flood of lines fills some 100 KB of log an instant, not all memory. */
  readonly byteCost = 640;
  readonly writable: WaitQueue;
  readonly #flow: LogFlow;
  readonly #lines: (lines: readonly CutLine[]) => void;
  #cut: CutLine[] = [];
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  /** `lines` gets the lines of one write together. */
  constructor(flow: LogFlow, lines: (lines: readonly CutLine[]) => void) {
    this.#flow = flow;
    this.writable = flow.drained;
    this.#lines = lines;
  }

  capacity(): number {
    return this.#flow.capacity();
  }

  write(bytes: Uint8Array): void {
    let start = 0;
    while (start < bytes.length) {
      const newline = bytes.indexOf(10, start);
      const end = newline === -1 ? bytes.length : newline;
      this.#take(bytes.slice(start, end));
      if (newline !== -1) this.#emit(false);
      start = end + 1;
    }
    this.#send();
  }

  /** The last line need not end with a newline. */
  flush(): void {
    if (this.#heldBytes > 0) this.#emit(false);
    this.#send();
  }

  retain(): void {}
  release(): void {}

  #take(bytes: Uint8Array): void {
    let rest = bytes;
    while (this.#heldBytes + rest.length > LINE_BYTES) {
      const piece = rest.subarray(0, LINE_BYTES - this.#heldBytes);
      this.#hold(piece);
      rest = rest.subarray(piece.length);
      this.#emit(true);
    }
    this.#hold(rest);
  }

  #hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  #emit(partial: boolean): void {
    const text = Buffer.concat(this.#held).toString('utf8');
    this.#held = [];
    this.#heldBytes = 0;
    // A bare newline costs as much as the message that carries it.
    this.#flow.sent(text.length + 64);
    this.#cut.push({ text, partial });
  }

  #send(): void {
    if (this.#cut.length === 0) return;
    const lines = this.#cut;
    this.#cut = [];
    this.#lines(lines);
  }
}
