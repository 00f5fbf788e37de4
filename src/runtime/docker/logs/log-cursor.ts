/**
 * How far a container's log has been read, so that reading it again from the Engine loses no line and doubles none. The
 * Engine finds a place by time alone, and the times of both streams together may step back a little.
 */

/** Farther back no time steps: both streams' readers of the Engine write to one log at once. */
const SLACK_MS = 250;

export class LogCursor {
  /** How many messages of each millisecond have been taken, of the last `SLACK_MS`. */
  #taken = new Map<number, number>();
  #newestMs = Number.NEGATIVE_INFINITY;

  /** A message has been taken. */
  note(atMs: number): void {
    if (atMs > this.#newestMs) {
      this.#newestMs = atMs;
      for (const ms of this.#taken.keys()) if (!this.covers(ms)) this.#taken.delete(ms);
    }
    this.#taken.set(atMs, (this.#taken.get(atMs) ?? 0) + 1);
  }

  /** True for times from which messages have to be known: those of the window before the newest. */
  covers(atMs: number): boolean {
    return atMs >= this.#newestMs - SLACK_MS;
  }

  /** Where to read from, in the Engine's words; undefined: from the beginning. */
  get since(): string | undefined {
    if (this.#taken.size === 0) return undefined;
    const fromMs = this.#newestMs - SLACK_MS;
    const seconds = Math.floor(fromMs / 1_000);
    return `${seconds}.${String(fromMs - seconds * 1_000).padStart(3, '0')}000000`;
  }

  /** For one reading from `since` on: tells of each message in turn whether it is new, and takes it if so. */
  replay(): (atMs: number) => boolean {
    const left = new Map(this.#taken);
    return (atMs) => {
      const known = left.get(atMs) ?? 0;
      if (known > 0) {
        left.set(atMs, known - 1);
        return false;
      }
      this.note(atMs);
      return true;
    };
  }
}
