import { expect, test } from 'vitest';
import { parseDuration } from '../../src/lib/duration.ts';

test.each([
  ['90s', 90_000],
  ['2m', 120_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['.5s', 500],
  ['300ms', 300],
  ['0', 0],
  ['1m0.25s', 60_250],
])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBeCloseTo(ms, 6));

test.each(['', '90', 's', '-5s', '5 s', '1d', '1h30', 'x5s'])('%j is no duration', (text) =>
  expect(parseDuration(text)).toBeUndefined(),
);
