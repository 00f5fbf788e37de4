/** One container's linear memory: every process in it counts, and the limit ends the container, not the process. */
import { PAGE_BYTES } from '../instrument/contract.ts';

/** Without a limit of its own a container gets this much: the node's memory, so to speak. */
export const DEFAULT_MEMORY_LIMIT_BYTES = 1 << 30;

export class MemoryAccount {
  #pages = 0;
  readonly #limitPages: number;
  readonly #exhausted: () => void;

  /** `limitBytes` 0: the default. `exhausted` is called when a process asks for more than is left. */
  constructor(limitBytes: number, exhausted: () => void) {
    this.#limitPages = Math.floor((limitBytes > 0 ? limitBytes : DEFAULT_MEMORY_LIMIT_BYTES) / PAGE_BYTES);
    this.#exhausted = exhausted;
  }

  get usedBytes(): number {
    return this.#pages * PAGE_BYTES;
  }

  /** Takes `pages` more; false, and the container is out of memory, when the limit forbids it. */
  take(pages: number): boolean {
    if (this.#pages + pages > this.#limitPages) {
      this.#exhausted();
      return false;
    }
    this.#pages += pages;
    return true;
  }

  free(pages: number): void {
    this.#pages -= pages;
  }
}
