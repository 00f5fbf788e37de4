/** Whoever steps the engine while another does waits for its turn. */

export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  /** Runs `work` when whoever came before has finished. After a defect nothing runs any more. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(async () => {
      if (this.#failure !== undefined) throw this.#failure.error;
      try {
        return await work();
      } catch (error) {
        this.#failure = { error };
        throw error;
      }
    });
    // Whoever ran it is told; the next one reads `#failure`.
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
