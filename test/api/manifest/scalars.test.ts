import { expect, test } from 'vitest';
import { resolvePlain } from '../../../src/api/manifest/scalars.ts';

test.each([
  ['yes', true],
  ['Off', false],
  ['y', true],
  ['yEs', 'yEs'],
  ['~', null],
  ['', null],
  ['01777', 1023],
  ['0o17', 15],
  ['0x1F', 31],
  ['-0b11', -3],
  ['1_000', 1000],
  ['08', 8],
  ['1e3', 1000],
  ['.5', 0.5],
  ['1.', 1],
  ['9223372036854775807', 9223372036854775807n],
  ['2024-01-02', '2024-01-02'],
  ['12:30:45', '12:30:45'],
  ['1.14.2', '1.14.2'],
  ['-', '-'],
  ['.inf', Number.POSITIVE_INFINITY],
  ['100Mi', '100Mi'],
])('%j is %s', (text, value) => {
  expect(resolvePlain(text)).toBe(value);
});
