import { expect, test } from 'vitest';
import { endsProcess, signalName, signalNumber } from '../../../../src/runtime/wasm/process/signals.ts';

test.each([
  ['SIGTERM', 15],
  ['TERM', 15],
  ['sigquit', 3],
  ['9', 9],
  ['SIGRTMIN', 34],
  ['RTMIN+3', 37],
])('%s is %i', (name, number) => {
  expect(signalNumber(name)).toBe(number);
});

test.each(['', 'SIGNOTHING', '0', '65', 'RTMIN+99'])('%j is no signal', (name) => {
  expect(signalNumber(name)).toBeUndefined();
});

test('numbers have names', () => {
  expect([signalName(15), signalName(63)]).toEqual(['SIGTERM', 'SIG63']);
});

test('process 1 without a handler is ended by KILL alone, any other by what ends processes', () => {
  expect([15, 9, 17, 1].map((number) => endsProcess(number, 1))).toEqual([false, true, false, false]);
  expect([15, 9, 17, 1].map((number) => endsProcess(number, 2))).toEqual([true, true, false, true]);
});
