/** The kubelet as the engine sees it: a state, and what one event makes of it. */
import type { Effect } from '../machines/effects.ts';
import type { KubeletEvent } from '../machines/events.ts';
import type { TraceEntry } from '../machines/trace.ts';

export interface Turn<KubeletState> {
  readonly state: KubeletState;
  readonly effects: readonly Effect[];
  readonly trace: readonly TraceEntry[];
  /** True when nothing changed that a learner would see. */
  readonly quiet: boolean;
}

/** Pure: the same state and event give the same turn. */
export interface KubeletCore<KubeletState> {
  initialState(): KubeletState;
  turn(state: KubeletState, event: KubeletEvent): Turn<KubeletState>;
}
