/** Linear memory: every process of a container counts, its limit ends the container, and all containers share a total. */
import { PAGE_BYTES } from '../instrument/contract.ts';

/** Without a limit of its own a container gets this much. */
const CONTAINER_LIMIT_BYTES = 1 << 30;
/** All containers together; the same on every machine, so that a run is the same everywhere. */
const TOTAL_LIMIT_BYTES = 2 * 1024 ** 3;

/** What all containers have together. */
export class MemoryTotal {
  pages = 0;
  readonly limitPages = TOTAL_LIMIT_BYTES / PAGE_BYTES;
}

export class MemoryAccount {
  #pages = 0;
  readonly #limitPages: number;
  readonly #total: MemoryTotal;
  readonly #exhausted: () => void;

  /** `limitBytes` 0: the default. `exhausted` is called when a process asks for more than is left. */
  constructor(limitBytes: number, total: MemoryTotal, exhausted: () => void) {
    this.#limitPages = Math.floor((limitBytes > 0 ? limitBytes : CONTAINER_LIMIT_BYTES) / PAGE_BYTES);
    this.#total = total;
    this.#exhausted = exhausted;
  }

  get usedBytes(): number {
    return this.#pages * PAGE_BYTES;
  }

  /** Takes `pages` more; false, and the container is out of memory, when a limit forbids it. */
  take(pages: number): boolean {
    if (this.#pages + pages > this.#limitPages || this.#total.pages + pages > this.#total.limitPages) {
      this.#exhausted();
      return false;
    }
    this.#pages += pages;
    this.#total.pages += pages;
    return true;
  }

  free(pages: number): void {
    this.#pages -= pages;
    this.#total.pages -= pages;
  }
}
