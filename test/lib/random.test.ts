import { expect, test } from 'vitest';
import { nextFloat, nextUint32, nextUuid, seedRandom } from '../../src/lib/random.ts';

test('the same seed gives the same numbers, another seed gives others', () => {
  const [a] = nextUint32(seedRandom(1));
  const [b] = nextUint32(seedRandom(1));
  const [c] = nextUint32(seedRandom(2));
  expect(a).toBe(b);
  expect(a).not.toBe(c);
});

test('floats fill [0, 1) evenly', () => {
  let state = seedRandom(42);
  const buckets = [0, 0, 0, 0];
  for (let i = 0; i < 4000; i++) {
    const [value, after] = nextFloat(state);
    state = after;
    buckets[Math.floor(value * 4)] = (buckets[Math.floor(value * 4)] ?? 0) + 1;
  }
  for (const count of buckets) expect(count).toBeGreaterThan(850);
});

test('a UUID has the form of version 4', () => {
  const [uuid] = nextUuid(seedRandom(7));
  expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
