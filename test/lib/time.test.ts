import { expect, test } from 'vitest';
import { formatDuration, formatMicroTime, formatTime, parseTime } from '../../src/lib/time.ts';

test('instants agree with the platform over four centuries', () => {
  for (let ms = Date.UTC(1899, 0, 1); ms < Date.UTC(2300, 0, 1); ms += 86_400_000 * 13 + 12_345_678) {
    const iso = new Date(ms).toISOString();
    expect(formatTime(ms)).toBe(`${iso.slice(0, 19)}Z`);
    expect(formatMicroTime(ms)).toBe(`${iso.slice(0, 23)}000Z`);
    expect(parseTime(iso)).toBe(ms);
  }
});

test('an offset and digits past the millisecond are read', () => {
  expect(parseTime('2026-03-01T08:30:00.1234567+02:30')).toBe(Date.UTC(2026, 2, 1, 6, 0, 0, 123));
});

test.each(['', '2026-02-30T00:00:00Z', '2026-01-01', '2026-01-01T25:00:00Z', 'now'])(
  'no instant: %j',
  (text) => {
    expect(parseTime(text)).toBeUndefined();
  },
);

test.each([
  [0, '0s'],
  [0.25, '250µs'],
  [500, '500ms'],
  [1_500, '1.5s'],
  [10_000, '10s'],
  [122_000, '2m2s'],
  [300_000, '5m0s'],
  [3_723_004, '1h2m3.004s'],
  [-1_000, '-1s'],
])('%d ms is %s in Go', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
