/** What is due and when: events ordered by (time, sequence), timers among them by name. */
import { invariant } from '../lib/assert.ts';
import { TimedQueue } from '../lib/timed-queue.ts';
import type { Effect } from '../machines/effects.ts';
import type { KubeletEventBody } from '../machines/events.ts';
import type { PendingTimer } from './types.ts';

interface Queued {
  readonly event: KubeletEventBody;
  readonly dueAtMs: number;
  cancelled: boolean;
}

export class Agenda {
  readonly #queue = new TimedQueue<Queued>();
  readonly #timers = new Map<string, Queued>();

  add(event: KubeletEventBody, dueAtMs: number): void {
    this.#push(event, dueAtMs);
  }

  /** A timer of the same name replaces the one before. */
  startTimer(effect: Extract<Effect, { type: 'startTimer' }>, nowMs: number): void {
    const { timerId, delayMs, owner } = effect;
    invariant(delayMs >= 0, `timer ${timerId} is to fire in the past (${delayMs} ms)`);
    this.cancelTimer(timerId);
    this.#timers.set(timerId, this.#push({ type: 'TimerFired', timerId, owner }, nowMs + delayMs));
  }

  /** A timer that is not there was cancelled, or has fired. */
  cancelTimer(timerId: string): void {
    const timer = this.#timers.get(timerId);
    if (timer !== undefined) timer.cancelled = true;
    this.#timers.delete(timerId);
  }

  /** Whatever is queued concerns a process that is not there any more. */
  clear(): void {
    while (this.#queue.pop() !== undefined);
    this.#timers.clear();
  }

  timers(): readonly PendingTimer[] {
    return [...this.#timers].map(([timerId, { dueAtMs }]) => ({ timerId, dueAtMs }));
  }

  /** When the first event is due; undefined when there is none. */
  nextAtMs(): number | undefined {
    while (this.#queue.peek()?.cancelled) this.#queue.pop();
    return this.#queue.nextAtMs();
  }

  /** Takes out the first event, if it is due at `nowMs` and before `limitMs`. */
  take(nowMs: number, limitMs = Number.POSITIVE_INFINITY): KubeletEventBody | undefined {
    const atMs = this.nextAtMs();
    if (atMs === undefined || atMs > nowMs || atMs >= limitMs) return undefined;
    const event = this.#queue.pop()?.item.event;
    if (event?.type === 'TimerFired') this.#timers.delete(event.timerId);
    return event;
  }

  #push(event: KubeletEventBody, dueAtMs: number): Queued {
    const queued = { event, dueAtMs, cancelled: false };
    this.#queue.push(dueAtMs, queued);
    return queued;
  }
}
