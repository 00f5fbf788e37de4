/** A turn hangs on nothing but its state and its event: what was noted of objects that it saw before changes nothing. */
import { isDeepStrictEqual } from 'node:util';
import type { KubeletState } from '../../src/kubelet/state.ts';
import type { Turn } from '../../src/kubelet/turn.ts';
import { hold } from './hold.ts';

/** `again` does the turn from a copy, none of whose objects was ever seen. */
export function checkAgain(again: () => Turn, turn: Turn): void {
  const { state, effects, trace } = again();
  hold(isDeepStrictEqual(trace, turn.trace), 'a state read back tells the same');
  hold(isDeepStrictEqual(effects, turn.effects), 'a state read back asks for the same');
  const is: Readonly<Record<string, unknown>> = withoutSources(turn.state);
  for (const [slice, value] of Object.entries(withoutSources(state))) {
    hold(isDeepStrictEqual(value, is[slice]), `a state read back becomes the same (${slice})`);
  }
}

/** When a status was last computed is nothing that anybody goes by. */
function withoutSources(state: KubeletState) {
  const records = Object.entries(state.statuses).map(([uid, { source: _when, ...record }]) => [uid, record]);
  return { ...state, statuses: Object.fromEntries(records) as KubeletState['statuses'] };
}
