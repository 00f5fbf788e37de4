/** A connection that has become streams, as the port gives it away: bounded both ways by what the other side takes. */
import type { Duplex } from 'node:stream';
import { OutputQueue } from '../../output-queue.ts';
import type { InputSink, SessionEnd } from '../../sessions.ts';
import type { StreamPiece } from '../engine/frames.ts';

/** So much may wait for the reader before the connection is read no further. */
const WAITING_LIMIT_BYTES = 64 << 10;

export interface SocketSession {
  readonly sink: InputSink;
  readonly stdout: OutputQueue;
  readonly stderr: OutputQueue;
  readonly ended: Promise<SessionEnd>;
  readonly detach: () => void;
}

/** `pieces` is what comes over the socket; `howItEnded` is asked once that is at its end, or broken. */
export function openSocketSession(
  socket: Duplex,
  pieces: AsyncIterable<StreamPiece>,
  howItEnded: () => Promise<SessionEnd>,
  endInput: () => void = () => socket.end(),
): SocketSession {
  let waitingBytes = 0;
  let roomAgain: (() => void) | undefined;
  const taken = (bytes: number) => {
    waitingBytes -= bytes;
    if (waitingBytes < WAITING_LIMIT_BYTES) roomAgain?.();
  };
  const [stdout, stderr] = [new OutputQueue(taken), new OutputQueue(taken)];
  const ended = Promise.withResolvers<SessionEnd>();
  let over = false;
  const finish = (end: SessionEnd) => {
    if (over) return;
    over = true;
    roomAgain?.();
    stdout.end();
    stderr.end();
    socket.destroy();
    ended.resolve(end);
  };
  const detach = () => finish({ type: 'detached' });
  // The loop below, or a write, hears of it too.
  socket.on('error', () => {});
  const read = async () => {
    try {
      for await (const { stream, bytes } of pieces) {
        if (over) return;
        waitingBytes += bytes.length;
        (stream === 'stdout' ? stdout : stderr).push(bytes);
        if (waitingBytes < WAITING_LIMIT_BYTES) continue;
        await new Promise<void>((resolve) => {
          roomAgain = resolve;
        });
      }
    } catch (error) {
      // A broken connection is an end as well: what is behind it says which.
      if (!(error instanceof Error)) throw error;
    }
    if (over) return;
    finish(
      await howItEnded().catch((error: Error): SessionEnd => ({ type: 'lost', message: error.message })),
    );
  };
  void read();
  return { sink: sinkOf(socket, endInput, () => over), stdout, stderr, ended: ended.promise, detach };
}

function sinkOf(socket: Duplex, endInput: () => void, isOver: () => boolean): InputSink {
  let open = true;
  return {
    write(bytes) {
      if (!open || isOver() || !socket.writable) return Promise.resolve(false);
      return new Promise((resolve) => socket.write(bytes, (error) => resolve(!error)));
    },
    end() {
      if (!open) return;
      open = false;
      if (!isOver()) endInput();
    },
  };
}
