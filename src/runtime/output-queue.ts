/** A session's output on its way to whoever reads it: ordered, told when something is taken, ended once. */

export class OutputQueue implements AsyncIterable<Uint8Array> {
  readonly #taken: (bytes: number) => void;
  #chunks: Uint8Array[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  /** `taken` is told how much the reader has taken, so that the writer may go on; the writer keeps the bound. */
  constructor(taken: (bytes: number) => void) {
    this.#taken = taken;
  }

  push(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#chunks.push(bytes);
    this.#stir();
  }

  /** What has been pushed can still be read. */
  end(): void {
    this.#ended = true;
    this.#stir();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#taken(chunk.length);
        yield chunk;
      } else if (this.#ended) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
