/** One turn: an event in, the next state, the effects and the trace out. Pure, and the only way in. */
import { invariant } from '../lib/assert.ts';
import type { Effect } from '../machines/effects.ts';
import type { KubeletEvent } from '../machines/events.ts';
import type { TraceEntry } from '../machines/trace.ts';
import type { Draft } from './draft.ts';
import { checkInvariants } from './invariants.ts';
import type { KubeletState } from './state.ts';
import { handleEvent } from './sync-loop.ts';

export interface Turn {
  readonly state: KubeletState;
  /** In the order in which they were asked for. */
  readonly effects: readonly Effect[];
  readonly trace: readonly TraceEntry[];
  /** Nothing changed that a learner would see: a relist that found nothing new, a probe among its like. */
  readonly quiet: boolean;
}

/**
 * Handles one event. The same state and event give the same turn.
 * @throws InvariantViolation when the kubelet contradicts itself; the state given stays good.
 */
export function turn(state: KubeletState, event: KubeletEvent): Turn {
  // The clock may have been set between the first state and the start.
  const onTime = state.startedMs === undefined || event.atMs >= state.nowMs;
  invariant(onTime, `time never goes back: ${event.atMs} after ${state.nowMs}`);
  const draft: Draft = { state: { ...state, nowMs: event.atMs }, effects: [], trace: [], touched: new Set() };
  handleEvent(draft, event);
  checkInvariants(state, draft.state, draft.touched);
  return { state: draft.state, effects: draft.effects, trace: draft.trace, quiet: draft.trace.length === 0 };
}
