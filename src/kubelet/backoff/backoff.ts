/** Exponential back-off as data: how long something that failed is left alone. */

export interface BackoffEntry {
  readonly backoffMs: number;
  readonly lastUpdateMs: number;
}

/** client-go util/flowcontrol Backoff without jitter: one entry a key. */
export interface Backoff {
  readonly initialMs: number;
  readonly maxMs: number;
  /** An event this much later than the last step starts anew (strictly more). */
  readonly resetAfterMs: number;
  readonly entries: Readonly<Record<string, BackoffEntry>>;
}

/** The generic reset is after twice the maximum. */
export function newBackoff(initialMs: number, maxMs: number, resetAfterMs = 2 * maxMs): Backoff {
  return { initialMs, maxMs, resetAfterMs, entries: {} };
}

/** The key's current window; 0 without an entry (Backoff.Get). */
export function backoffMs(backoff: Backoff, key: string): number {
  return backoff.entries[key]?.backoffMs ?? 0;
}

/** The next step for `key` after an event at `eventMs`: the initial window, or twice the last (Backoff.Next). */
export function nextBackoff(backoff: Backoff, key: string, eventMs: number, nowMs: number): Backoff {
  const entry = backoff.entries[key];
  const step =
    !entry || isExpired(backoff, entry, eventMs)
      ? backoff.initialMs
      : Math.min(entry.backoffMs * 2, backoff.maxMs);
  return {
    ...backoff,
    entries: { ...backoff.entries, [key]: { backoffMs: step, lastUpdateMs: nowMs } },
  };
}

/** When the window that opened at `eventMs` ends; undefined when there is none (Backoff.IsInBackOffSince). */
export function backoffEndSince(backoff: Backoff, key: string, eventMs: number): number | undefined {
  const entry = backoff.entries[key];
  if (!entry || isExpired(backoff, entry, eventMs)) return undefined;
  return eventMs + entry.backoffMs;
}

/** When the window that opened at the last step ends, as seen now (Backoff.IsInBackOffSinceUpdate). */
export function backoffEndSinceUpdate(backoff: Backoff, key: string, nowMs: number): number | undefined {
  const entry = backoff.entries[key];
  if (!entry || isExpired(backoff, entry, nowMs)) return undefined;
  return entry.lastUpdateMs + entry.backoffMs;
}

/** Drops what has expired, so that the entries stay bounded (Backoff.GC). */
export function collectBackoff(backoff: Backoff, nowMs: number): Backoff {
  const kept = Object.entries(backoff.entries).filter(([, entry]) => !isExpired(backoff, entry, nowMs));
  return { ...backoff, entries: Object.fromEntries(kept) };
}

function isExpired(backoff: Backoff, entry: BackoffEntry, eventMs: number): boolean {
  return eventMs - entry.lastUpdateMs > backoff.resetAfterMs;
}
