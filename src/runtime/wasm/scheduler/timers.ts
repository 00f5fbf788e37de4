/** Every instant that a guest or a call waits for, in one heap ordered by (deadline, sequence). */

export interface Timer {
  readonly deadlineNs: bigint;
  readonly sequence: number;
  readonly fire: () => void;
  cancelled: boolean;
}

const before = (a: Timer, b: Timer) =>
  a.deadlineNs < b.deadlineNs || (a.deadlineNs === b.deadlineNs && a.sequence < b.sequence);

/** A binary heap; cancelled timers are dropped when they come up, or when they are most of the heap. */
export class Timers {
  #heap: Timer[] = [];
  #sequence = 0;
  #cancelled = 0;
  readonly #changed: () => void;

  /** `changed` is called whenever the earliest deadline may be another one. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  add(deadlineNs: bigint, fire: () => void): Timer {
    const timer: Timer = { deadlineNs, sequence: this.#sequence++, fire, cancelled: false };
    this.#heap.push(timer);
    this.#up(this.#heap.length - 1);
    this.#changed();
    return timer;
  }

  cancel(timer: Timer): void {
    if (timer.cancelled) return;
    timer.cancelled = true;
    this.#cancelled++;
    if (this.#cancelled > 64 && this.#cancelled * 2 > this.#heap.length) this.#sweep();
  }

  /** The earliest deadline, on the guests' monotonic clock. */
  next(): bigint | undefined {
    this.#dropCancelled();
    return this.#heap[0]?.deadlineNs;
  }

  /** Fires everything due at `nowNs`, earliest first; what is added meanwhile waits for the next call. */
  fireDue(nowNs: bigint): number {
    const due: Timer[] = [];
    for (;;) {
      this.#dropCancelled();
      const first = this.#heap[0];
      if (first === undefined || first.deadlineNs > nowNs) break;
      due.push(first);
      this.#pop();
    }
    let fired = 0;
    for (const timer of due) {
      if (timer.cancelled) continue;
      timer.cancelled = true;
      fired++;
      timer.fire();
    }
    return fired;
  }

  #dropCancelled(): void {
    while (this.#heap[0]?.cancelled) {
      this.#pop();
      this.#cancelled--;
    }
  }

  #sweep(): void {
    const live = this.#heap.filter((timer) => !timer.cancelled);
    live.sort((a, b) => (before(a, b) ? -1 : 1));
    this.#heap = live;
    this.#cancelled = 0;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#down(0);
  }

  #up(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #down(start: number): void {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      if (left >= this.#heap.length) return;
      const a = this.#heap[left];
      const b = this.#heap[right];
      const child = a !== undefined && b !== undefined && before(b, a) ? right : left;
      if (!this.#swapIfBefore(child, index)) return;
      index = child;
    }
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    const a = this.#heap[lower];
    const b = this.#heap[upper];
    if (a === undefined || b === undefined || !before(a, b)) return false;
    this.#heap[lower] = b;
    this.#heap[upper] = a;
    return true;
  }
}
