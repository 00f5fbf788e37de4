/** The kubelet's own timers. */

import { type Draft, emit, nodeOwner } from './draft.ts';

/** Starts (or starts anew) one of the loop's timers. */
export function startTimer(draft: Draft, timerId: string, delayMs: number): void {
  emit(draft, nodeOwner(draft.state, timerId), { type: 'startTimer', timerId, delayMs });
}
