/**
 * When a runtime that has died may begin anew: at once the first time, then after a back-off as long as a container's,
 * so that a guest that brings it down again and again does not keep the machine busy with that.
 */

const FIRST_DELAY_MS = 10_000;
const LONGEST_DELAY_MS = 300_000;
/** After so long without a death it begins with no delay again. */
const FORGIVEN_AFTER_MS = 600_000;

export class Restarts {
  #delayMs = 0;
  #diedAtMs = Number.NEGATIVE_INFINITY;

  /** It has died: how long it stays away. */
  died(nowMs: number): number {
    const again = nowMs - this.#diedAtMs <= FORGIVEN_AFTER_MS;
    this.#delayMs = again ? Math.min(Math.max(FIRST_DELAY_MS, this.#delayMs * 2), LONGEST_DELAY_MS) : 0;
    this.#diedAtMs = nowMs;
    return this.#delayMs;
  }
}
