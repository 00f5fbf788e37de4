/** Every event in, and what came of it: the run as it happened, within bounds. */
import type { Step } from './types.ts';

/** Steps kept in memory; a run that goes on longer loses its beginning here, not in its recording. */
const STEPS_LIMIT = 100_000;

export class Journal {
  readonly #steps: Step[] = [];
  #seq = 0;

  /** The number of the step that comes next. Counts from 1. */
  get nextSeq(): number {
    return this.#seq + 1;
  }

  add(step: Step): void {
    this.#seq = step.seq;
    this.#steps.push(step);
    if (this.#steps.length > STEPS_LIMIT * 1.1) this.#steps.splice(0, this.#steps.length - STEPS_LIMIT);
  }

  steps(): readonly Step[] {
    return this.#steps;
  }
}
