/**
 * One container's log on its way from the Engine to the node's file: followed while the container runs, read on where it
 * was after a broken connection, a restart of the Engine or of podstep, and over once all of it is written.
 */
import { ContainerLogFile } from '../../log-file.ts';
import type { LogLine } from '../../port.ts';
import type { EngineClient } from '../engine/client.ts';
import { EngineError } from '../engine/error.ts';
import type { ContainerInspect } from '../engine/types.ts';
import { isEngineFailure, waitFor } from '../reconnect.ts';
import { LogCursor } from './log-cursor.ts';
import { readLog } from './read-log.ts';
import { writtenTimes } from './written-times.ts';

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 3_000;

export class FollowedLog {
  /** Resolves when all of the container's log is written, or nothing more can be read. Never rejects. */
  readonly ended: Promise<void>;
  readonly #engine: EngineClient;
  readonly #containerId: string;
  readonly #file: ContainerLogFile | undefined;
  readonly #onLine: (line: LogLine) => void;
  readonly #cursor = new LogCursor();
  readonly #closed = new AbortController();
  /** Of the lines' texts. */
  #readBytes = 0;

  /** `path`: of the node's file; what it holds already is not written again, and told to nobody. */
  constructor(engine: EngineClient, containerId: string, path: string, onLine: (line: LogLine) => void) {
    this.#engine = engine;
    this.#containerId = containerId;
    this.#onLine = onLine;
    for (const atMs of writtenTimes(path)) {
      if (!this.#cursor.covers(atMs)) break;
      this.#cursor.note(atMs);
    }
    this.#file = ContainerLogFile.open(path);
    this.ended = this.#follow();
  }

  /** What the log takes on the node's disk; of a pod without a log directory, what its lines would. */
  get bytes(): number {
    return this.#file?.bytes() ?? this.#readBytes;
  }

  reopen(): void {
    this.#file?.reopen();
  }

  close(): void {
    this.#closed.abort();
  }

  async #follow(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    for (;;) {
      try {
        if (await this.#readOn()) break;
        retryMs = FIRST_RETRY_MS;
      } catch (error) {
        if (this.#closed.signal.aborted || isHopeless(error)) break;
        retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
      }
      await waitFor(retryMs, this.#closed.signal);
    }
    this.#file?.close();
  }

  /** Reads until the connection ends. True when that was all, for the container had ended before. */
  async #readOn(): Promise<boolean> {
    const path = `/containers/${this.#containerId}/json`;
    const { signal } = this.#closed;
    const { State: state, Config: config } = await this.#engine.call<ContainerInspect>('GET', path, {
      signal,
    });
    const isNew = this.#cursor.replay();
    const query = { since: this.#cursor.since, follow: state.Running };
    for await (const lines of readLog(this.#engine, this.#containerId, { tty: config.Tty, query, signal })) {
      const fresh = lines.filter(({ atMs }) => isNew(atMs));
      this.#file?.write(fresh);
      for (const line of fresh) {
        this.#readBytes += Buffer.byteLength(line.text) + 1;
        this.#onLine(line);
      }
    }
    return !state.Running;
  }
}

/** The container is gone, or its log is not one that can be read: asking again does not help. */
function isHopeless(error: unknown): boolean {
  if (error instanceof EngineError) return error.status < 500 || error.status === 501;
  return !isEngineFailure(error);
}
