/** What the main thread keeps of one container's log: the newest lines, bounded in number and bytes. */
import type { LogLine } from '../port.ts';

const LINE_LIMIT = 10_000;
/** As the kubelet's containerLogMaxSize. */
const BYTE_LIMIT = 10 << 20;

export class LogRing {
  #lines: LogLine[] = [];
  #first = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(line: LogLine): void {
    this.#lines.push(line);
    this.#bytes += line.text.length + 1;
    while (this.#lines.length - this.#first > LINE_LIMIT || this.#bytes > BYTE_LIMIT) this.#drop();
  }

  /** The last `count` lines, or all, oldest first. */
  lines(count?: number): readonly LogLine[] {
    const from = count === undefined ? this.#first : Math.max(this.#first, this.#lines.length - count);
    return this.#lines.slice(from);
  }

  #drop(): void {
    this.#bytes -= (this.#lines[this.#first]?.text.length ?? 0) + 1;
    this.#first++;
    if (this.#first < 1000 || this.#first * 2 < this.#lines.length) return;
    this.#lines = this.#lines.slice(this.#first);
    this.#first = 0;
  }
}
