/** One reading of a container's log from the Engine: the lines as they come, of both streams in their order. */
import type { LogLine } from '../../port.ts';
import type { EngineClient, Query } from '../engine/client.ts';
import { streamPieces } from '../engine/frames.ts';
import { LogSplitter } from './log-splitter.ts';

export interface LogReading {
  /** The container has a terminal: its log has one stream. */
  readonly tty: boolean;
  /** `since`, `tail`, `follow` of the Engine's API. */
  readonly query: Query;
  readonly signal?: AbortSignal;
}

/**
 * The lines that one piece of the Engine's answer completes, together; never an empty list. Whoever is slow to take
 * them holds the Engine up. @throws RuntimeError, SyntaxError for a log driver that keeps no such log
 */
export async function* readLog(
  engine: EngineClient,
  containerId: string,
  { tty, query, signal }: LogReading,
): AsyncGenerator<readonly LogLine[]> {
  const answer = await engine.stream('GET', `/containers/${containerId}/logs`, {
    query: { stdout: true, stderr: true, timestamps: true, ...query },
    ...(signal === undefined ? {} : { signal }),
  });
  const splitters = { stdout: new LogSplitter(), stderr: new LogSplitter() };
  for await (const { stream, bytes } of streamPieces(answer, tty)) {
    const lines = splitters[stream].push(bytes).map((message) => ({ ...message, stream }));
    if (lines.length > 0) yield lines;
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    const last = splitters[stream].end().map((message) => ({ ...message, stream }));
    if (last.length > 0) yield last;
  }
}
