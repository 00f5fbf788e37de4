/** Process 1's standard streams: the container's log, those who are attached beside it, its input or its terminal. */
import { BytePipe, type ByteSink, EmptySource, PipeReader } from '../host/bytes.ts';
import type { WaitQueue } from '../scheduler/wait-queue.ts';
import type { ContainerPlan } from '../thread/protocol.ts';
import type { World } from '../thread/world.ts';
import { LogWriter } from './log-writer.ts';
import type { Standard } from './process.ts';
import { Terminal } from './terminal.ts';

type StreamName = 'stdout' | 'stderr';

/** The log, and everyone attached: the one with the least room decides how much may be written. */
class Shared implements ByteSink {
  readonly log: LogWriter;
  readonly byteCost: number;
  readonly writable: WaitQueue;
  readonly attached = new Set<ByteSink>();

  constructor(log: LogWriter) {
    this.log = log;
    this.byteCost = log.byteCost;
    this.writable = log.writable;
  }

  capacity(): number {
    let least = this.log.capacity();
    for (const sink of this.attached) least = Math.min(least, sink.capacity() ?? least);
    return least;
  }

  write(bytes: Uint8Array): void {
    this.log.write(bytes);
    for (const sink of this.attached) sink.write(bytes);
  }

  retain(): void {}
  release(): void {}
}

export class ContainerStreams {
  readonly terminal: Terminal | undefined;
  /** What process 1 begins with. */
  readonly standard: Standard;
  readonly #shared: Readonly<Record<StreamName, Shared>>;
  readonly #pipe: BytePipe | undefined;
  #inputClosed = false;

  constructor(world: World, { containerId, stdin, tty }: ContainerPlan) {
    const shared = (stream: StreamName) =>
      new Shared(
        new LogWriter(world.logFlow, (cut) => {
          const atMs = world.clock.epochMs();
          const lines = cut.map(({ text, partial }) => ({ atMs, stream, text, partial }));
          world.emit({ type: 'log', containerId, lines });
        }),
      );
    this.#shared = { stdout: shared('stdout'), stderr: shared('stderr') };
    const { stdout, stderr } = this.#shared;
    if (tty) {
      this.terminal = new Terminal(stdout);
      if (!stdin) this.terminal.hangUp();
      this.standard = this.terminal.standard;
    } else {
      this.#pipe = stdin ? new BytePipe() : undefined;
      const input = this.#pipe === undefined ? new EmptySource() : new PipeReader(this.#pipe);
      this.standard = { stdin: input, stdout, stderr };
    }
  }

  /** The container's own log, and with it all who are attached. */
  sink(stream: StreamName): ByteSink {
    return this.#shared[stream];
  }

  /** Where attached input goes; undefined when the container has none, or its end has come. */
  get input(): ByteSink | undefined {
    return this.#inputClosed ? undefined : (this.terminal?.input ?? this.#pipe);
  }

  /** `stdinOnce`: nobody will write any more. */
  closeInput(): void {
    if (this.#inputClosed) return;
    this.#inputClosed = true;
    this.#pipe?.release();
  }

  /** From now on `sinks` get what is written; the return value takes them out again. */
  attach(sinks: Readonly<Record<StreamName, ByteSink>>): () => void {
    const { stdout, stderr } = this.#shared;
    stdout.attached.add(sinks.stdout);
    stderr.attached.add(sinks.stderr);
    return () => {
      stdout.attached.delete(sinks.stdout);
      stderr.attached.delete(sinks.stderr);
      stdout.writable.notify();
    };
  }

  /** The last lines need not end with a newline. */
  flush(): void {
    this.#shared.stdout.log.flush();
    this.#shared.stderr.log.flush();
  }
}
