/**
 * Keeps the order of calls in virtual time. A call may have to read the disk before it can be sent to the
 * runtime thread, and disks answer in any order; so each call's way to its sending waits for the one before it.
 */
export class IssueOrder {
  readonly #ordered: boolean;
  #last: Promise<unknown> = Promise.resolve();
  #open = 0;

  /** `ordered` false (wall time): nothing waits. */
  constructor(ordered: boolean) {
    this.#ordered = ordered;
  }

  /** True when every call so far has been sent. */
  get settled(): boolean {
    return this.#open === 0;
  }

  /** Runs `issue` after the ones before it; what it resolves to must not wait for virtual time. */
  async run<T>(issue: () => Promise<T>): Promise<T> {
    this.#open++;
    const before = this.#last;
    const mine = (async () => {
      if (this.#ordered) await before;
      return issue();
    })();
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#last = settled;
    try {
      return await mine;
    } finally {
      this.#open--;
    }
  }

  async whenSettled(): Promise<void> {
    await this.#last;
  }
}
