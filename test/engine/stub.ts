/** A kubelet of a few lines for the engine's own tests: it does what a script tells it on each event. */
import { nodeFacts } from '../../src/compose/node.ts';
import { PacedClock, VIRTUAL_EPOCH_MS, VirtualClock } from '../../src/engine/clock.ts';
import type { KubeletCore } from '../../src/engine/core.ts';
import { SteppingEngine } from '../../src/engine/engine.ts';
import { fakeNodeFiles } from '../../src/engine/node-files-fake.ts';
import type { EffectBody } from '../../src/machines/effects.ts';
import type { KubeletEvent } from '../../src/machines/events.ts';
import { createFakeRuntime, type FakeScript } from '../../src/runtime/fake/runtime.ts';
import { withFaults } from '../../src/runtime/faults.ts';

export const NODE = { ...nodeFacts('node-1', { runtimeName: 'fake' }), hostIP: '192.0.2.1' };

/** What the stub asks for on an event; it is quiet when that is nothing. */
export type Reaction = (event: KubeletEvent) => readonly EffectBody[];

const owner = { podUid: '', key: 'stub', object: { kind: 'Node', name: 'node-1', uid: '' } } as const;

function stubKubelet(react: Reaction): KubeletCore<number> {
  return {
    initialState: () => 1,
    turn(nextId, event) {
      const effects = react(event).map((body, index) => ({ ...body, id: nextId + index, owner }));
      return { state: nextId + effects.length, effects, trace: [], quiet: effects.length === 0 };
    },
  };
}

export function stubEngine(react: Reaction, options: { script?: FakeScript; speed?: number } = {}) {
  const { script = {}, speed } = options;
  const runtime = withFaults(
    createFakeRuntime({ seed: 1, epochMs: VIRTUAL_EPOCH_MS, script }),
    VIRTUAL_EPOCH_MS,
  );
  const time = runtime.virtualTime;
  if (time === null) throw new Error('the fake has virtual time');
  const clock =
    speed === undefined
      ? new VirtualClock(time, VIRTUAL_EPOCH_MS)
      : new PacedClock(time, VIRTUAL_EPOCH_MS, speed);
  const files = fakeNodeFiles();
  const kubelet = stubKubelet(react);
  const engine = new SteppingEngine({
    runtime,
    kubelet,
    files,
    clock,
    clockKind: clock.kind,
    seed: 1,
    node: NODE,
  });
  return { engine, files };
}

/** Events in as short text: `+1.000s TimerFired tick`. */
export function told(engine: { steps(): readonly { elapsedMs: number; event: KubeletEvent }[] }): string[] {
  return engine
    .steps()
    .filter(({ event }) => !isFirstList(event))
    .map(({ elapsedMs, event }) => `+${elapsedMs}ms ${nameOf(event)}`);
}

/** What a kubelet hears of the API server when it starts: its own Node, and the pods that there are. */
function isFirstList(event: KubeletEvent): boolean {
  return event.type === 'PodsListed' || (event.type === 'ObjectChanged' && event.object.kind === 'Node');
}

function nameOf(event: KubeletEvent): string {
  switch (event.type) {
    case 'TimerFired':
      return `TimerFired ${event.timerId}`;
    case 'EffectSucceeded':
      return `${event.effectType} #${event.effectId} ${event.result.type}`;
    case 'EffectFailed':
      return `${event.effectType} #${event.effectId} failed: ${event.error.code}`;
    case 'RuntimeNoticed':
      return event.notice.type;
    default:
      return event.type;
  }
}
