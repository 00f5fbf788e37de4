/** Virtual time goes on only when nothing can come any more of what was asked so far. */
import type { VirtualTime } from '../runtime/port.ts';
import { reactionsRun } from './event-loop.ts';
import type { Outbox } from './outbox.ts';

/** Whether the guests, this machine's disk, and what follows from their answers have come to rest. */
export class Stillness {
  /** Calls begun so far; a quiet moment begins none. */
  #calls = 0;
  /** True when something was asked of the runtime, or time went on, since all was last at rest. */
  #disturbed = true;
  #settling: Promise<void> | undefined;

  disturb(): void {
    this.#disturbed = true;
  }

  /** A call of the runtime has begun. */
  called(): void {
    this.#calls++;
    this.#disturbed = true;
  }

  /**
   * Waits for rest, or until it is `aborted`: a pull may hang for as long as its registry is silent. What was
   * aborted goes on, and the next wait is for its end.
   */
  async reach(time: VirtualTime, outbox: Outbox, aborted: Promise<void> | undefined): Promise<void> {
    if (!this.#disturbed) return;
    this.#settling ??= this.#settle(time, outbox).finally(() => {
      this.#settling = undefined;
    });
    await (aborted === undefined ? this.#settling : Promise.race([this.#settling, aborted]));
  }

  async #settle(time: VirtualTime, outbox: Outbox): Promise<void> {
    let begun: number;
    let outstanding: number;
    do {
      begun = this.#calls;
      outstanding = outbox.outstanding;
      await time.quiesce();
      await outbox.localSettled();
      await reactionsRun();
    } while (begun !== this.#calls || outstanding !== outbox.outstanding);
    this.#disturbed = false;
  }
}

/** The earlier of two instants, of which each may never come. */
export function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
