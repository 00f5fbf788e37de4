/** One guest's line of execution on the runtime thread: it runs, parks, and is resumed by the scheduler alone. */

import type { CpuGroup } from './cpu-group.ts';
import { orDie } from './or-die.ts';

/** What the scheduler sees of a process. */
export class Strand {
  /** Waiting for its turn in one of the scheduler's queues. */
  queued = false;
  ended = false;
  /** When the slice began, `performance.now()`. */
  sliceStartMs = 0;
  /** The machine's time spent in slices that have ended. */
  usedMs = 0;
  /** Whose share of the CPU it uses. */
  readonly group: CpuGroup;
  readonly #main: () => Promise<void>;
  readonly #afterSlice: () => void;
  #begun = false;
  #resume: (() => void) | undefined;
  #sliceEnded: (() => void) | undefined;

  /** `main` is the whole life of the guest; it must not reject. `afterSlice` is called when a slice was counted. */
  constructor(group: CpuGroup, main: () => Promise<void>, afterSlice: () => void) {
    this.group = group;
    this.#main = main;
    this.#afterSlice = afterSlice;
  }

  /** Counts the slice that has ended. */
  count(nowMs: number): void {
    this.usedMs += nowMs - this.sliceStartMs;
    this.#afterSlice();
  }

  /** Runs until it parks or ends; the scheduler awaits it, so that one strand runs at a time. */
  runSlice(): Promise<void> {
    return new Promise((ended) => {
      this.#sliceEnded = ended;
      this.sliceStartMs = performance.now();
      if (!this.#begun) {
        this.#begun = true;
        orDie(
          this.#main().then(() => {
            this.ended = true;
            this.#endSlice();
          }),
        );
        return;
      }
      const resume = this.#resume;
      this.#resume = undefined;
      if (resume === undefined) this.#endSlice();
      else resume();
    });
  }

  /** Ends the slice; resolves when the scheduler resumes the strand. */
  park(): Promise<void> {
    return new Promise((resume) => {
      this.#resume = resume;
      this.#endSlice();
    });
  }

  #endSlice(): void {
    const ended = this.#sliceEnded;
    this.#sliceEnded = undefined;
    ended?.();
  }
}
