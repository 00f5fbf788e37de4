import { expect, test } from 'vitest';
import { formatQuantity } from '../../../src/api/quantity/format.ts';
import { mustParseQuantity, parseQuantity } from '../../../src/api/quantity/parse.ts';
import { add, maximum, quantity } from '../../../src/api/quantity/quantity.ts';
import { quantityMilliValue, quantityValue } from '../../../src/api/quantity/scale.ts';

test('bytes and millicores are rounded up', () => {
  expect(quantityValue(mustParseQuantity('100Mi'))).toBe(104_857_600);
  expect(quantityValue(mustParseQuantity('1500m'))).toBe(2);
  expect(quantityMilliValue(mustParseQuantity('0.5'))).toBe(500);
  expect(quantityMilliValue(mustParseQuantity('1u'))).toBe(1);
});

test('a sum loses nothing and keeps the notation of its first part', () => {
  expect(formatQuantity(add(mustParseQuantity('1Gi'), mustParseQuantity('1')))).toBe('1073741825');
  expect(formatQuantity(add(mustParseQuantity('100m'), mustParseQuantity('0.9')))).toBe('1');
  expect(formatQuantity(maximum(mustParseQuantity('1G'), mustParseQuantity('1Gi')))).toBe('1Gi');
});

test('numbers beyond the largest suffix keep their zeros', () => {
  expect(formatQuantity(quantity(1n, 21))).toBe('1000E');
});

test.each([
  ['', 'quantities must match the regular expression'],
  ['1 Gi', 'quantities must match the regular expression'],
  ['1Gb', 'quantities must match the regular expression'],
  ['1Kim', "unable to parse quantity's suffix"],
  ['1e999999999', "unable to parse quantity's suffix"],
  ['.', 'unable to parse numeric part of quantity'],
  ['9'.repeat(1000), 'quantities must match the regular expression'],
])('%j is refused: %s', (text, error) => {
  expect(parseQuantity(text)).toMatchObject({ ok: false, error: expect.stringContaining(error) });
});
