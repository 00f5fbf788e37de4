/** One simulated run: the real kubelet and engine over the fake runtime, checked after every step. */
import { kubeletOf } from '../../src/compose/kubelet.ts';
import { nodeFacts } from '../../src/compose/node.ts';
import { VIRTUAL_EPOCH_MS, VirtualClock } from '../../src/engine/clock.ts';
import { SteppingEngine } from '../../src/engine/engine.ts';
import { fakeNodeFiles } from '../../src/engine/node-files-fake.ts';
import { entryJson } from '../../src/engine/trace-json.ts';
import { entryLines } from '../../src/engine/trace-text.ts';
import { createFakeRuntime } from '../../src/runtime/fake/runtime.ts';
import { withFaults } from '../../src/runtime/faults.ts';
import { Dice } from './dice.ts';
import { hold, Invariants } from './invariants.ts';
import { type Action, drawPlan } from './plan.ts';

/** How long the plan goes on, and how long the kubelet then has to clear everything away. */
const PLAN_MS = 450_000;
const CLEAR_MS = 1_800_000;
/** Lines of the trace that a failure shows. */
const SHOWN_LINES = Number(process.env.SIMULATION_LINES ?? 20);

/** Throws with the seed, the step and the last lines when something does not hold; returns the trace as text. */
export async function simulate(seed: number): Promise<string> {
  const { script, actions } = drawPlan(new Dice(seed));
  const runtime = createFakeRuntime({ seed, script, epochMs: VIRTUAL_EPOCH_MS });
  const faulty = withFaults(runtime, VIRTUAL_EPOCH_MS);
  const time = faulty.virtualTime;
  if (time === null) throw new Error('the fake has virtual time');
  const invariants = new Invariants(runtime);
  const core = kubeletOf('fake', VIRTUAL_EPOCH_MS);
  const files = fakeNodeFiles();
  const engine = new SteppingEngine({
    runtime: faulty,
    files,
    seed,
    clock: new VirtualClock(time, VIRTUAL_EPOCH_MS),
    clockKind: 'virtual',
    node: nodeFacts('node-1', 'fake'),
    kubelet: {
      initialState: core.initialState,
      turn(state, event) {
        const turn = core.turn(state, event);
        invariants.onEffects(turn.effects);
        return turn;
      },
    },
  });
  const trace: string[] = [];
  const recent: string[] = [];
  engine.listen({
    onStep: (step) => {
      for (const entry of step.entries) {
        trace.push(entryJson(step, entry, 'en'));
        recent.push(...entryLines(step, entry, 'en', { effects: true }));
      }
      recent.splice(0, recent.length - SHOWN_LINES);
    },
  });
  const runFor = async (forMs: number) => {
    let last = 'the beginning';
    try {
      await engine.run({
        forMs,
        until: (step) => {
          last = `step ${step.seq} (+${step.elapsedMs} ms, ${step.event.type})`;
          invariants.check(step, engine.pods());
          return false;
        },
      });
    } catch (cause) {
      const { message } = cause as Error;
      throw new Error(`seed ${seed}, at ${last}: ${message}\n${recent.join('\n')}`, { cause });
    }
  };
  engine.start();
  for (const action of actions) {
    await runFor(VIRTUAL_EPOCH_MS + action.atMs - engine.now());
    act(engine, action);
  }
  await runFor(VIRTUAL_EPOCH_MS + PLAN_MS - engine.now());
  for (const { metadata } of engine.pods()) engine.deletePod(metadata.namespace, metadata.name);
  await runFor(CLEAR_MS);
  const { sandboxes, containers } = runtime.contents();
  const left = {
    pods: engine.pods().map(({ metadata, status }) => `${metadata.name} ${status?.phase}`),
    sandboxes: sandboxes.map(({ metadata }) => metadata.name),
    containers: containers.map(({ metadata }) => metadata.name),
    files: [...files.present],
    effects: invariants.unanswered.filter((effect) => !/^(relist|readStats)/.test(effect)),
  };
  for (const [what, items] of Object.entries(left)) {
    hold(items.length === 0, `seed ${seed}: no ${what} are left in the end, but ${items.join(', ')}`);
  }
  await engine.close();
  return trace.join('\n');
}

function act(engine: SteppingEngine<unknown>, action: Action): void {
  if (action.do === 'apply') {
    // A pod that was deleted meanwhile is made anew; one that is going may not be changed any more.
    engine.apply(action.object);
    return;
  }
  const pod = engine.pods().find(({ metadata }) => metadata.name === action.name);
  if (pod === undefined) return;
  const { graceSeconds } = action;
  engine.deletePod(
    'default',
    action.name,
    graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds },
  );
}
