/** Those who listen to a run. */
import type { EngineListener } from './types.ts';

export class Audience {
  readonly #listeners = new Set<EngineListener>();
  readonly #onDefect: (error: unknown) => void;

  constructor(onDefect: (error: unknown) => void) {
    this.#onDefect = onDefect;
  }

  add(listener: EngineListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** A listener that fails is a defect like any other: it is told, not passed over. */
  tell(say: (listener: EngineListener) => void): void {
    for (const listener of this.#listeners) {
      try {
        say(listener);
      } catch (error) {
        this.#onDefect(error);
      }
    }
  }
}
