/** What containers wrote, kept for the screen and the command line, within bounds. */
import type { LogLine } from '../runtime/port.ts';

/** Lines kept for one container name of one pod, over its restarts; the oldest go first. */
const LINES_LIMIT = 5000;
/** Containers remembered; the one that was silent longest goes first. */
const CONTAINERS_LIMIT = 500;

export class LogBook {
  readonly #lines = new Map<string, LogLine[]>();

  add(podUid: string, containerName: string, line: LogLine): void {
    const key = `${podUid}/${containerName}`;
    const lines = this.#lines.get(key) ?? [];
    lines.push(line);
    if (lines.length > LINES_LIMIT) lines.shift();
    this.#lines.delete(key);
    this.#lines.set(key, lines);
    if (this.#lines.size > CONTAINERS_LIMIT) {
      for (const oldest of this.#lines.keys()) {
        this.#lines.delete(oldest);
        break;
      }
    }
  }

  of(podUid: string, containerName: string): readonly LogLine[] {
    return this.#lines.get(`${podUid}/${containerName}`) ?? [];
  }
}
