/** What the network answers now or later: an address, a connection, or why there is none. */
import type { SocketErrorCode } from '../host/result.ts';
import { WaitQueue } from '../scheduler/wait-queue.ts';

/** Until it is known `outcome` is undefined, and `settled` is notified once it is. */
export interface Pending<T> {
  readonly settled: WaitQueue;
  readonly outcome: T | SocketErrorCode | undefined;
}

/** What is known already. */
export function known<T>(outcome: T): Pending<T> {
  return { settled: new WaitQueue(), outcome };
}

/** What will not be, as is known already. */
export function failed(code: SocketErrorCode): Pending<never> {
  return { settled: new WaitQueue(), outcome: code };
}

/** What somebody finds out. */
export class Awaited<T> implements Pending<T> {
  readonly settled = new WaitQueue();
  outcome: T | SocketErrorCode | undefined;

  /** The first outcome stays. */
  settle(outcome: T | SocketErrorCode): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.settled.notify();
  }
}

/** Calls back with the outcome, at once when it is known. */
export function whenKnown<T>(pending: Pending<T>, done: (outcome: T | SocketErrorCode) => void): void {
  const look = () => {
    if (pending.outcome === undefined) pending.settled.add(look);
    else done(pending.outcome);
  };
  look();
}
