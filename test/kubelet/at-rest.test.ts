import { expect, test, vi } from 'vitest';
import { composeEngine } from '../../src/compose/engine.ts';
import { computePodActions } from '../../src/kubelet/pod-actions/compute-pod-actions.ts';
import { generatePodStatus } from '../../src/kubelet/status/generate.ts';
import { machines } from '../../src/machines/run-machine.ts';

vi.mock('../../src/kubelet/pod-actions/compute-pod-actions.ts', { spy: true });
vi.mock('../../src/kubelet/status/generate.ts', { spy: true });

const PODS = 20;
const HOUR_MS = 3_600_000;

/** An engine whose pods have all run for two minutes. */
async function atRest() {
  const engine = await composeEngine({ runtime: 'fake', clock: 'virtual', seed: 1, nodeName: 'node-1' });
  engine.start();
  for (let index = 0; index < PODS; index++) {
    const spec = { containers: [{ name: 'web', image: 'nginx:1.29' }] };
    engine.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `web-${index}` }, spec });
  }
  await engine.run({ forMs: 120_000 });
  return engine;
}

test('an hour of pods at rest has all its resyncs, and computes no plan, status or move twice', async () => {
  const engine = await atRest();
  const plans = vi.mocked(computePodActions);
  const statuses = vi.mocked(generatePodStatus);
  plans.mockClear();
  statuses.mockClear();
  const transitions = Object.values(machines).map((machine) => vi.spyOn(machine, 'transition'));
  const eventLoopTurns = vi.spyOn(globalThis, 'setImmediate');
  let resyncs = 0;
  let steps = 0;
  engine.listen({
    onStep: ({ entries }) => {
      steps++;
      resyncs += entries.filter(({ event }) => event === 'SyncCompleted').length;
    },
  });
  await engine.run({ forMs: HOUR_MS });
  await engine.close();
  // Each 60 to 90 seconds.
  expect(resyncs).toBeGreaterThan((PODS * 3_600) / 90);
  // Once an hour its token is renewed, and what is mounted then is another thing.
  const moves = transitions.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
  expect(plans.mock.calls.length, 'plans').toBeLessThanOrEqual(3 * PODS);
  expect(statuses.mock.calls.length, 'statuses').toBe(0);
  expect(moves, 'moves').toBeLessThanOrEqual(8 * PODS);
  expect(eventLoopTurns.mock.calls.length, 'turns of the event loop').toBeLessThan(steps / 50);
});
