/** Who waits for what: everything that a guest can block on has one of these, and notifies it on a change. */

/** Callbacks that want to look again when something changes; called once each, in the order they came. */
export class WaitQueue {
  #waiters = new Set<() => void>();

  /** Registers `waiter` for the next change; the return value takes it out again. */
  add(waiter: () => void): () => void {
    this.#waiters.add(waiter);
    return () => this.#waiters.delete(waiter);
  }

  /** Tells everyone who waits, once. */
  notify(): void {
    if (this.#waiters.size === 0) return;
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiters) waiter();
  }
}
