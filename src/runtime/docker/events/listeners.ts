/** Who hears what happens unasked; every part of the adapter may tell something. */
import type { RuntimeEvent } from '../../port.ts';

export class RuntimeListeners {
  readonly #listeners = new Set<(event: RuntimeEvent) => void>();

  readonly subscribe = (listener: (event: RuntimeEvent) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly tell = (event: RuntimeEvent): void => {
    for (const listener of [...this.#listeners]) listener(event);
  };

  close(): void {
    this.#listeners.clear();
  }
}
