import { expect, test } from 'vitest';
import { Restarts } from '../../../../src/runtime/wasm/thread/restarts.ts';

const SECOND = 1000;

test('the first death costs nothing, every further one more, up to five minutes', () => {
  const restarts = new Restarts();
  let nowMs = 0;
  const delays = Array.from({ length: 8 }, () => {
    const delayMs = restarts.died(nowMs);
    nowMs += delayMs + SECOND;
    return delayMs / SECOND;
  });
  expect(delays).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
});

test('ten minutes without a death are forgiven', () => {
  const restarts = new Restarts();
  expect([restarts.died(0), restarts.died(SECOND)]).toEqual([0, 10 * SECOND]);
  expect(restarts.died(602 * SECOND)).toBe(0);
});
