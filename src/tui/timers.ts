/** When machines will move by themselves, in the time that the screen counts: since the engine started. */
import type { Engine } from '../engine/types.ts';
import { delayedEvent } from '../machines/run-machine.ts';
import type { MachineTimer } from './model/scene.ts';

/** The machines' own timers; the kubelet's others (relist, probes) have no chart to be shown in. */
export function timersOf(engine: Engine, startedAtMs: number): readonly MachineTimer[] {
  return engine.timers().flatMap(({ timerId, dueAtMs }) => {
    const delayed = delayedEvent(timerId);
    return delayed ? [{ machineKey: delayed.key, dueMs: dueAtMs - startedAtMs }] : [];
  });
}
