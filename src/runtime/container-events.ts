/** Who listens to a runtime's stream of container events (CRI GetContainerEvents); every adapter has one. */
import type { ContainerEvent } from '../api/cri.ts';

export class ContainerEvents {
  readonly #listeners = new Set<(event: ContainerEvent) => void>();

  /** Opens a stream; the return value closes it. */
  open(listener: (event: ContainerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** `describe` is asked only when somebody listens: the statuses in an event are not made for nobody. */
  tell(describe: () => ContainerEvent): void {
    if (this.#listeners.size === 0) return;
    const event = describe();
    for (const listener of [...this.#listeners]) listener(event);
  }
}
