/** Those who listen to a run. */
import type { PullProgress } from '../runtime/port.ts';
import { pullNote } from './network-notes.ts';
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

  /** How far a pull is, and whether it does without its registry. */
  tellPull(progress: PullProgress): void {
    const note = pullNote(progress);
    if (note !== undefined) this.tell((listener) => listener.onNote?.(note));
    this.tell((listener) => listener.onPullProgress?.(progress));
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
