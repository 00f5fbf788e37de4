/** Virtual time goes on only when nothing can come any more of what was asked so far. */
import type { VirtualTime } from '../runtime/port.ts';
import { reactionsRun } from './event-loop.ts';
import type { Outbox } from './outbox.ts';

/** Waits for the guests, for this machine's disk, and for what follows from their answers; `calls`: begun so far. */
export async function settle(time: VirtualTime, outbox: Outbox, calls: () => number): Promise<void> {
  let begun: number;
  let outstanding: number;
  do {
    begun = calls();
    outstanding = outbox.outstanding;
    await time.quiesce();
    await outbox.localSettled();
    await reactionsRun();
  } while (begun !== calls() || outstanding !== outbox.outstanding);
}

/** The earlier of two instants, of which each may never come. */
export function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
