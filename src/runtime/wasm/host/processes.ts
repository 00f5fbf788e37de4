/** `podstep:process`: signals for this process, and the processes that it sees: its container's, or its pod's. */

import type { Process } from '../process/process.ts';
import { ProgramError } from '../process/program.ts';
import type { ByteSink, ByteSource } from './bytes.ts';
import { BytePipe, PipeReader } from './bytes.ts';
import { Pollable } from './poll.ts';
import { ResultError } from './result.ts';
import { InputStream, OutputStream } from './streams.ts';

type ProcessErrorCode = 'no-entry' | 'no-such-process' | 'not-permitted' | 'would-exceed-limit';

/** What starting a process costs in virtual time, in bytes of `hostCall`: some 5 ms. */
const SPAWN_BYTES = 1 << 20;

const failure = (code: ProcessErrorCode) => new ResultError<ProcessErrorCode>(code);

class Child {
  readonly #parent: Process;
  readonly #child: Process;
  readonly #release: () => void;

  constructor(parent: Process, child: Process) {
    this.#parent = parent;
    this.#child = child;
    this.#release = parent.own(() => {});
  }

  pid(): number {
    return this.#child.pid;
  }

  subscribe(): Pollable {
    return new Pollable(this.#parent, { isReady: () => this.#child.finished, queue: this.#child.gone });
  }

  exitCode(): number | undefined {
    this.#parent.hostCall();
    return this.#child.finished ? this.#child.outcome?.exitCode : undefined;
  }

  [Symbol.dispose](): void {
    this.#release();
  }
}

/** A standard stream for a child: the one given, which is no longer the caller's, or the caller's own. */
function inherit(own: ByteSource, given: InputStream | undefined): ByteSource {
  if (given === undefined) {
    own.retain();
    return own;
  }
  given.process.disown(given.release);
  return given.source;
}

function inheritSink(own: ByteSink, given: OutputStream | undefined): ByteSink {
  if (given === undefined) {
    own.retain();
    return own;
  }
  given.process.disown(given.release);
  return given.sink;
}

function signalsOf(process: Process) {
  return {
    subscribe() {
      process.hostCall();
      process.handlesSignals = true;
      return new Pollable(process, {
        isReady: () => process.pendingSignals.length > 0,
        queue: process.signalled,
      });
    },
    take() {
      process.hostCall();
      return process.pendingSignals.shift() ?? 0;
    },
  };
}

export function processImports(process: Process): Record<string, Record<string, unknown>> {
  const { container } = process;
  return {
    'podstep:process/signals': signalsOf(process),
    'podstep:process/processes': {
      Child,
      current: () => process.pid,
      list() {
        const seen = container.namespace.list();
        process.hostCall(64 * seen.length);
        return seen;
      },
      signal(pid: number, number: number) {
        process.hostCall();
        if (pid === 1 && container.namespace.shared) return;
        const target = container.namespace.find(pid);
        if (target === undefined) throw failure('no-such-process');
        // As in a PID namespace: from inside, process 1 gets only signals that it has a handler for.
        if (pid !== 1 || target.handlesSignals) target.signal(number);
      },
      pipe() {
        process.hostCall();
        const pipe = new BytePipe();
        return [new InputStream(process, new PipeReader(pipe)), new OutputStream(process, pipe)];
      },
      duplicate(writer: OutputStream) {
        process.hostCall();
        writer.sink.retain();
        return new OutputStream(process, writer.sink);
      },
      spawn(
        program: string,
        argv: readonly string[],
        environment: readonly (readonly [string, string])[],
        directory: string,
        stdin: InputStream | undefined,
        stdout: OutputStream | undefined,
        stderr: OutputStream | undefined,
      ) {
        process.hostCall(SPAWN_BYTES);
        if (!container.hasRoomForProcess) throw failure('would-exceed-limit');
        const own = process.plan.standard;
        const plan = container.find(program, argv, environment, directory);
        if (plan instanceof ProgramError) throw failure(plan.exitCode === 126 ? 'not-permitted' : 'no-entry');
        const standard = {
          stdin: inherit(own.stdin, stdin),
          stdout: inheritSink(own.stdout, stdout),
          stderr: inheritSink(own.stderr, stderr),
        };
        const { terminal } = process.plan;
        const child = container.run(plan, environment, directory, standard, process.pid, terminal);
        return new Child(process, child);
      },
    },
  };
}
