/** `wasi:io/poll`: what a guest blocks on. */
import { killedBy } from '../process/exit.ts';
import type { Process } from '../process/process.ts';
import type { WaitQueue } from '../scheduler/wait-queue.ts';

const SIGABRT = 6;

export interface PollSource {
  readonly isReady: () => boolean;
  /** Notified when `isReady` may have become true. */
  readonly queue?: WaitQueue | undefined;
  /** On the guests' monotonic clock. */
  readonly deadlineNs?: bigint;
}

export class Pollable {
  readonly process: Process;
  readonly source: PollSource;
  readonly #release: () => void;

  constructor(process: Process, source: PollSource) {
    this.process = process;
    this.source = source;
    this.#release = process.own(() => {});
  }

  ready(): boolean {
    this.process.hostCall();
    return this.source.isReady();
  }

  async block(): Promise<void> {
    this.process.waitingCall();
    await waitForAny(this.process, [this.source]);
  }

  [Symbol.dispose](): void {
    this.#release();
  }
}

/** Blocks until at least one is ready; their indices. Says the first when the process has ended. */
export async function waitForAny(process: Process, sources: readonly PollSource[]): Promise<Uint32Array> {
  for (;;) {
    const ready: number[] = [];
    for (const [index, source] of sources.entries()) if (source.isReady()) ready.push(index);
    if (ready.length > 0) return Uint32Array.from(ready);
    if (process.outcome !== undefined) {
      await process.wait([], undefined);
      return sources.length === 0 ? new Uint32Array() : Uint32Array.of(0);
    }
    const queues: WaitQueue[] = [];
    let deadlineNs: bigint | undefined;
    for (const source of sources) {
      if (source.queue !== undefined) queues.push(source.queue);
      const other = source.deadlineNs;
      if (other !== undefined && (deadlineNs === undefined || other < deadlineNs)) deadlineNs = other;
    }
    await process.wait(queues, deadlineNs);
  }
}

/** One process's `wasi:io/poll`. */
export function pollImports(process: Process) {
  return {
    Pollable,
    async poll(pollables: readonly Pollable[]): Promise<Uint32Array> {
      process.waitingCall(pollables.length * 64);
      // WASI asks for a trap; thrown from here it would leave the guest suspended for ever.
      if (pollables.length === 0) process.end({ ...killedBy(SIGABRT), message: 'poll with an empty list' });
      return waitForAny(
        process,
        pollables.map((pollable) => pollable.source),
      );
    },
  };
}
