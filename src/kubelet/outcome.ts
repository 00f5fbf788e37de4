/** The outcome of an effect, as the parts of the sync loop hand it on. */
import type { EffectError, EffectResult, KubeletEvent } from '../machines/events.ts';

export type Outcome = Extract<KubeletEvent, { type: 'EffectSucceeded' | 'EffectFailed' }>;

/** What came back: a result, or the error (which has a `code`). */
export function broughtBack(event: Outcome): EffectResult | EffectError {
  return event.type === 'EffectSucceeded' ? event.result : event.error;
}
