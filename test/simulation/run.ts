/** One simulated run: the real kubelet and engine over the fake runtime, checked after every step. */
import { DEFAULT_CONFIGURATION } from '../../src/api/kubelet-configuration/defaulting.ts';
import { kubeletOf } from '../../src/compose/kubelet.ts';
import { nodeFacts } from '../../src/compose/node.ts';
import { VIRTUAL_EPOCH_MS, VirtualClock } from '../../src/engine/clock.ts';
import { SteppingEngine } from '../../src/engine/engine.ts';
import { fakeNodeFiles } from '../../src/engine/node-files-fake.ts';
import { entryJson } from '../../src/engine/trace-json.ts';
import { entryLines } from '../../src/engine/trace-text.ts';
import { createFakeRuntime, type FakeRuntime } from '../../src/runtime/fake/runtime.ts';
import { withFaults } from '../../src/runtime/faults.ts';
import { checkAgain } from './again.ts';
import type { Dice } from './dice.ts';
import { hold } from './hold.ts';
import { Invariants } from './invariants.ts';
import { type Action, drawPlan, PLAN_MS } from './plan.ts';
import { checkRest } from './rest.ts';

/** How long the plan and its faults go on, how long all may settle then, and how long it takes to clear away. */
const REST_MS = 900_000;
/** Within so many seconds after something happened, the status says so. */
const MEET_S = 30;
const CLEAR_MS = 1_800_000;
/** Each so-and-so-manieth turn is done again from a copy of its state. */
const AGAIN_EVERY = 101;
/** Lines of the trace that a failure shows. */
const SHOWN_LINES = Number(process.env.SIMULATION_LINES ?? 20);

/** Throws with the step and the last lines when something does not hold; returns the trace as text. */
export async function simulate(dice: Dice): Promise<string> {
  const seed = dice.whole(1, 1_000_000);
  const { script, actions } = drawPlan(dice);
  const runtime = createFakeRuntime({ seed, script, epochMs: VIRTUAL_EPOCH_MS });
  const faulty = withFaults(runtime, VIRTUAL_EPOCH_MS);
  const time = faulty.virtualTime;
  if (time === null) throw new Error('the fake has virtual time');
  const invariants = new Invariants(runtime);
  const featureGates = { EventedPLEG: dice.chance(0.3) };
  const core = kubeletOf(VIRTUAL_EPOCH_MS, {
    runtimeName: 'fake',
    config: { ...DEFAULT_CONFIGURATION, featureGates },
  });
  const files = fakeNodeFiles();
  let turns = 0;
  const engine = new SteppingEngine({
    runtime: faulty,
    files,
    seed,
    clock: new VirtualClock(time, VIRTUAL_EPOCH_MS),
    clockKind: 'virtual',
    node: nodeFacts('node-1', { runtimeName: 'fake' }),
    kubelet: {
      initialState: core.initialState,
      turn(state, event) {
        const turn = core.turn(state, event);
        if (turns++ % AGAIN_EVERY === 0) checkAgain(() => core.turn(structuredClone(state), event), turn);
        invariants.onTurn(event, turn.state, turn.effects);
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
      throw new Error(`at ${last}: ${message}\n${recent.join('\n')}`, { cause });
    }
  };
  engine.start();
  for (const action of actions) {
    await runFor(VIRTUAL_EPOCH_MS + action.atMs - engine.now());
    act(engine, runtime, invariants, action);
  }
  await runFor(VIRTUAL_EPOCH_MS + PLAN_MS - engine.now());
  engine.faults.setApiServerReachable(true);
  engine.faults.setHealth('up');
  // It may have been stopped twice and started between.
  engine.startKubelet();
  await runFor(REST_MS);
  // What has just happened is seen by the next relist.
  for (let seconds = 0; !isAtRest(engine, runtime); seconds++) {
    if (seconds === MEET_S) checkRest(engine.pods(), runtime);
    await runFor(1_000);
  }
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

function act(
  engine: SteppingEngine<unknown>,
  runtime: FakeRuntime,
  invariants: Invariants,
  action: Action,
): void {
  switch (action.do) {
    case 'apply':
      // A pod that was deleted meanwhile is made anew; one that is going may not be changed any more.
      engine.apply(action.object);
      return;
    case 'delete': {
      const pod = engine.pods().find(({ metadata }) => metadata.name === action.name);
      if (pod === undefined) return;
      const { graceSeconds } = action;
      const options = graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds };
      engine.deletePod('default', action.name, options);
      return;
    }
    case 'api':
      engine.faults.setApiServerReachable(action.reachable);
      return;
    case 'runtime':
      engine.faults.setHealth(action.health);
      return;
    case 'stopKubelet':
      engine.stopKubelet();
      return;
    case 'startKubelet':
      engine.startKubelet();
      return;
    case 'behind':
      behindItsBack(engine, runtime, invariants, action);
      return;
  }
}

/** What somebody does on the node itself, past the kubelet; what it waits for comes with the run. */
function behindItsBack(
  { faults }: SteppingEngine<unknown>,
  runtime: FakeRuntime,
  invariants: Invariants,
  { what, pick }: Extract<Action, { do: 'behind' }>,
): void {
  const { containers, sandboxes } = runtime.contents();
  const container = containers.at(pick);
  const id = what === 'stopSandbox' ? sandboxes.at(pick)?.id : container?.id;
  if (id === undefined) return;
  if (what === 'removeContainer' && container !== undefined) invariants.recordRemoved(container);
  // A fault may meet this call too.
  void faults[what](id).catch(() => undefined);
}

function isAtRest(engine: SteppingEngine<unknown>, runtime: FakeRuntime): boolean {
  try {
    checkRest(engine.pods(), runtime);
    return true;
  } catch {
    return false;
  }
}
