import { expect, test } from 'vitest';
import { simulate } from './run.ts';

/** More of them: `SIMULATION_SEEDS=1000 npx vitest run test/simulation`. */
const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 30);
const FIRST = Number(process.env.SIMULATION_FIRST ?? 1);

test.each(Array.from({ length: SEEDS }, (_, index) => FIRST + index))(
  'whatever happens to it, the kubelet keeps its invariants and clears up (seed %d)',
  async (seed) => {
    await simulate(seed);
  },
  60_000,
);

test('the same seed is the same run', async () => {
  const first = await simulate(4);
  expect(first.length).toBeGreaterThan(1000);
  expect(await simulate(4)).toBe(first);
});
