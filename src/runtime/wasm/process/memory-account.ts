/**
 * Linear memory, counted as the kernel's groups count it: a container's pages are also its pod's and the
 * node's, and each of the three may run out on its own.
 */
import { PAGE_BYTES } from '../instrument/contract.ts';

/** A group of processes with a common bound. */
export class MemoryGroup {
  pages = 0;
  #limitPages: number;
  /** Kills somebody in the group, whose pages are free at once; false when there is nobody left. */
  readonly #makeRoom: () => boolean;

  /** `limitBytes` 0: no bound. */
  constructor(limitBytes: number, makeRoom: () => boolean) {
    this.#limitPages = pagesOf(limitBytes);
    this.#makeRoom = makeRoom;
  }

  /** Lowers or lifts the bound; what is over it is killed, as a write to memory.max does. */
  set limitBytes(bytes: number) {
    this.#limitPages = pagesOf(bytes);
    this.hold(0, () => true);
  }

  /** 0: none. */
  get limitBytes(): number {
    return Number.isFinite(this.#limitPages) ? this.#limitPages * PAGE_BYTES : 0;
  }

  get usedBytes(): number {
    return this.pages * PAGE_BYTES;
  }

  /** Makes room for `pages` more while whoever asks `lives`; false when there is none. */
  hold(pages: number, lives: () => boolean): boolean {
    while (this.pages + pages > this.#limitPages) {
      if (!this.#makeRoom() || !lives()) return false;
    }
    return true;
  }
}

const pagesOf = (limitBytes: number) =>
  limitBytes > 0 ? Math.floor(limitBytes / PAGE_BYTES) : Number.POSITIVE_INFINITY;

/** What one container holds, in its own group and in those around it. */
export class MemoryAccount {
  /** The container's own group first, then its pod's, then the node's. */
  readonly #groups: readonly MemoryGroup[];
  #open = true;

  constructor(own: MemoryGroup, ...around: readonly MemoryGroup[]) {
    this.#groups = [own, ...around];
  }

  /** Takes `pages` more; false when a bound forbids it, or the container has been killed for one. */
  take(pages: number): boolean {
    const lives = () => this.#open;
    if (!this.#groups.every((group) => group.hold(pages, lives)) || !this.#open) return false;
    this.#add(pages);
    return true;
  }

  free(pages: number): void {
    if (this.#open) this.#add(-pages);
  }

  /** Everything at once: the container is dead, though its processes may take a moment to go. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    const [own] = this.#groups;
    this.#add(-(own?.pages ?? 0));
  }

  #add(pages: number): void {
    for (const group of this.#groups) group.pages += pages;
  }
}
