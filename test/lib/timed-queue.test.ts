import { expect, test } from 'vitest';
import { nextUint32, seedRandom } from '../../src/lib/random.ts';
import { TimedQueue } from '../../src/lib/timed-queue.ts';

test('items come out by time, and by entry where the times are equal', () => {
  const queue = new TimedQueue<string>();
  queue.push(20, 'c');
  queue.push(10, 'a');
  queue.push(20, 'd');
  queue.push(10, 'b');
  expect(queue.items()).toEqual(['a', 'b', 'c', 'd']);
  expect(queue.nextAtMs()).toBe(10);
  expect([queue.pop(), queue.pop(), queue.pop(), queue.pop()].map((one) => one?.item)).toEqual([
    'a',
    'b',
    'c',
    'd',
  ]);
  expect(queue.pop()).toBeUndefined();
});

test('a thousand items in any order come out as a stable sort would put them', () => {
  const queue = new TimedQueue<readonly [number, number]>();
  const all: (readonly [number, number])[] = [];
  let random = seedRandom(3);
  for (let i = 0; i < 1000; i++) {
    const [value, next] = nextUint32(random);
    random = next;
    const item = [value % 50, i] as const;
    all.push(item);
    queue.push(item[0], item);
  }
  const out: (readonly [number, number])[] = [];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) out.push(next.item);
  expect(out).toEqual([...all].sort(([a], [b]) => a - b));
});
