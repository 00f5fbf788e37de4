import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Dice } from './dice.ts';
import { simulate } from './run.ts';

/** More of them: `SIMULATION_RUNS=1000 npx vitest run test/simulation`; the seed of a failure is printed. */
const RUNS = Number(process.env.SIMULATION_RUNS ?? 12);
const SEED = process.env.SIMULATION_SEED;
const PATH = process.env.SIMULATION_PATH;

test.each([1, 2, 3])(
  'whatever happens to it, the kubelet keeps its invariants, comes to rest and clears up (%d)',
  async (part) => {
    const property = fc.asyncProperty(fc.gen(), async (draw) => {
      await simulate(new Dice(draw));
    });
    await fc.assert(property, {
      numRuns: RUNS,
      seed: Number(SEED ?? part),
      ...(PATH === undefined ? {} : { path: PATH }),
      endOnFailure: process.env.SIMULATION_SHRINK === undefined,
    });
  },
  600_000,
);

test('the same seed is the same run', async () => {
  const again = async () => {
    const [draw] = fc.sample(fc.gen(), { seed: 4, numRuns: 1 });
    if (draw === undefined) throw new Error('one sample was asked for');
    return simulate(new Dice(draw));
  };
  const first = await again();
  expect(first.length).toBeGreaterThan(1000);
  expect(await again()).toBe(first);
});
