/** Cuts the Engine's log of one stream into the messages that the program wrote, each with its time. */
import { parseTime } from '../../../lib/time.ts';

/** The Engine cuts longer lines there; what follows comes as a message of its own (daemon/logger/copier.go). */
const MESSAGE_BYTES = 16 << 10;
/** `2026-01-31T08:00:00.000000000Z`, with room for a zone. */
const MOST_TIME_BYTES = 40;

const NEWLINE = 10;
const SPACE = 32;

export interface LogMessage {
  readonly atMs: number;
  readonly text: string;
  /** The line goes on in the next message. */
  readonly partial: boolean;
}

/**
 * With `timestamps=1` each message begins with its time. The bytes between two of them end with a newline, or are as
 * many as a message can have: so it needs no frames, which a terminal's log does not have.
 */
export class LogSplitter {
  /** Less than a message with its time. */
  #held: Buffer = Buffer.alloc(0);

  /** The messages that are complete with these bytes. @throws SyntaxError for what is no such log */
  push(bytes: Uint8Array): readonly LogMessage[] {
    this.#held = Buffer.concat([this.#held, bytes]);
    const messages: LogMessage[] = [];
    for (let next = this.#take(false); next !== undefined; next = this.#take(false)) messages.push(next);
    return messages;
  }

  /** The log is over: what is held is a message too. */
  end(): readonly LogMessage[] {
    const last = this.#held.length > 0 ? this.#take(true) : undefined;
    return last === undefined ? [] : [last];
  }

  #take(isLast: boolean): LogMessage | undefined {
    const held = this.#held;
    const space = held.subarray(0, MOST_TIME_BYTES).indexOf(SPACE);
    if (space === -1) {
      if (held.length < MOST_TIME_BYTES) return undefined;
      throw new SyntaxError("a message of the container's log has no time");
    }
    const atMs = parseTime(held.toString('latin1', 0, space));
    if (atMs === undefined) throw new SyntaxError("a message of the container's log has no time");
    const text = held.subarray(space + 1, space + 1 + MESSAGE_BYTES);
    const newline = text.indexOf(NEWLINE);
    if (newline === -1 && text.length < MESSAGE_BYTES && !isLast) return undefined;
    const end = newline === -1 ? text.length : newline;
    this.#held = held.subarray(space + 1 + end + (newline === -1 ? 0 : 1));
    return { atMs, text: text.toString('utf8', 0, end), partial: newline === -1 && !isLast };
  }
}
