import { expect, test } from 'vitest';
import { refreshAtMs } from '../../../src/kubelet/volumes/token.ts';

const HOUR_S = 3600;
const after = (seconds: number, draw = 0) => refreshAtMs(seconds * 1_000, seconds, draw) / 1_000;

test('a token is renewed after four fifths of its life, and after a day at the latest', () => {
  expect(after(HOUR_S)).toBe(0.8 * HOUR_S);
  expect(after(100 * HOUR_S)).toBe(24 * HOUR_S);
  expect(after(HOUR_S, 0.99)).toBe(0.8 * HOUR_S - 9);
});
