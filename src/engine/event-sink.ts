/**
 * Events on their way to the API server: one after the other, each tried for two minutes, so that what was
 * recorded while it could not be reached is mostly told later.
 * Follows client-go tools/record, event.go recordToSink (twelve tries, ten seconds apart).
 */
import type { CoreEvent } from '../api/types.ts';

const TRIED_FOR_MS = 120_000;
/** watch.Broadcaster's queue; what does not fit is dropped. */
const MAX_QUEUED = 1_000;
const NOTHING: readonly CoreEvent[] = [];

export class EventSink {
  readonly #queue: CoreEvent[] = [];
  /** Since when the first one is tried. */
  #headSinceMs = 0;

  add(event: CoreEvent, atMs: number): void {
    if (this.#queue.length === 0) this.#headSinceMs = atMs;
    if (this.#queue.length < MAX_QUEUED) this.#queue.push(event);
  }

  /** The events that arrive now. */
  take(reachable: boolean, nowMs: number): readonly CoreEvent[] {
    if (this.#queue.length === 0) return NOTHING;
    if (reachable) return this.#queue.splice(0);
    while (this.#queue.length > 0 && nowMs - this.#headSinceMs >= TRIED_FOR_MS) {
      this.#queue.shift();
      this.#headSinceMs += TRIED_FOR_MS;
    }
    return [];
  }
}
