/** A queue ordered by (time, sequence): what is due first comes out first, and ties keep their order of entry. */

interface Entry<T> {
  readonly atMs: number;
  readonly sequence: number;
  readonly item: T;
}

/** A binary heap. Push and pop cost O(log n); entering in order costs nothing more. */
export class TimedQueue<T> {
  readonly #heap: Entry<T>[] = [];
  #sequence = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Adds `item`, due at `atMs`; behind everything that is due at the same instant. */
  push(atMs: number, item: T): void {
    const entry = { atMs, sequence: this.#sequence++, item };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
  }

  /** The instant at which the first item is due; undefined when the queue is empty. */
  nextAtMs(): number | undefined {
    return this.#heap[0]?.atMs;
  }

  peek(): T | undefined {
    return this.#heap[0]?.item;
  }

  /** Takes the first item out. */
  pop(): { readonly atMs: number; readonly item: T } | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (first !== last) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  /** Every item, in the order in which it would come out. */
  items(): readonly T[] {
    return [...this.#heap].sort(compare).map((entry) => entry.item);
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #sink(from: number): void {
    let index = from;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const leftEntry = this.#heap[left];
      if (leftEntry === undefined) return;
      const rightEntry = this.#heap[right];
      const child = rightEntry !== undefined && compare(rightEntry, leftEntry) < 0 ? right : left;
      if (!this.#swapIfBefore(child, index)) return;
      index = child;
    }
  }

  /** Swaps the two when `child` comes before `parent`; says whether it did. */
  #swapIfBefore(child: number, parent: number): boolean {
    const below = this.#heap[child];
    const above = this.#heap[parent];
    if (below === undefined || above === undefined || compare(below, above) >= 0) return false;
    this.#heap[child] = above;
    this.#heap[parent] = below;
    return true;
  }
}

function compare(a: Entry<unknown>, b: Entry<unknown>): number {
  return a.atMs - b.atMs || a.sequence - b.sequence;
}
