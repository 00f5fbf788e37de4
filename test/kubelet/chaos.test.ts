import { expect, test } from 'vitest';
import { Chaos } from './chaos.ts';

// 981: a startup probe's result comes in the middle of a sync that restarts the container.
// 10435: a failed postStart hook is told while all containers restart in place.
const SEEDS = [...Array.from({ length: 40 }, (_, index) => index + 1), 981, 10_435];

// Every turn holds the kubelet's own invariants; here is only that nothing is left when all is deleted.
test.each(SEEDS)('whatever happens to pods, deleted ones leave nothing behind (seed %i)', (seed) => {
  const chaos = new Chaos(seed);
  for (let step = 0; step < 25; step++) chaos.step();
  chaos.end();
  const { world } = chaos;
  expect({
    pods: [...world.pods.keys()],
    containers: [...world.boxes.keys()],
    sandboxes: [...world.sandboxes.keys()],
    machines: world.podsWithMachines,
    workers: Object.keys(world.state.workers),
    probes: Object.keys(world.state.probes.workers),
  }).toEqual({ pods: [], containers: [], sandboxes: [], machines: [], workers: [], probes: [] });
});

test('the same seed gives the same life', () => {
  const life = () => {
    const chaos = new Chaos(7);
    for (let step = 0; step < 10; step++) chaos.step();
    return JSON.stringify(chaos.world.trace);
  };
  expect(life()).toBe(life());
});
