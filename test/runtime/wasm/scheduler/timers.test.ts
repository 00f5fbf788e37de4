import { expect, test } from 'vitest';
import { nextFloat, seedRandom } from '../../../../src/lib/random.ts';
import { type Timer, Timers } from '../../../../src/runtime/wasm/scheduler/timers.ts';

function setup() {
  const fired: string[] = [];
  const timers = new Timers(() => {});
  const add = (deadlineNs: bigint, name: string) => timers.add(deadlineNs, () => fired.push(name));
  return { fired, timers, add };
}

test('fires what is due, earliest first, in the order of adding where instants are the same', () => {
  const { fired, timers, add } = setup();
  add(30n, 'c');
  add(10n, 'a');
  add(20n, 'b1');
  add(20n, 'b2');
  expect(timers.next()).toBe(10n);
  expect(timers.fireDue(20n)).toBe(3);
  expect(fired).toEqual(['a', 'b1', 'b2']);
  expect(timers.next()).toBe(30n);
});

test('a cancelled timer neither fires nor counts as the next', () => {
  const { fired, timers, add } = setup();
  const first = add(10n, 'first');
  add(20n, 'second');
  timers.cancel(first);
  timers.cancel(first);
  expect(timers.next()).toBe(20n);
  timers.fireDue(100n);
  expect(fired).toEqual(['second']);
  expect(timers.next()).toBeUndefined();
});

test('one that fires may cancel another that is due, and what it adds waits for the next time', () => {
  const { fired, timers, add } = setup();
  timers.add(1n, () => {
    timers.cancel(doomed);
    add(1n, 'added');
  });
  const doomed = add(2n, 'doomed');
  timers.fireDue(5n);
  expect(fired).toEqual([]);
  timers.fireDue(5n);
  expect(fired).toEqual(['added']);
});

test('thousands, many of them cancelled, come in order', () => {
  const { timers } = setup();
  const fired: bigint[] = [];
  const live: bigint[] = [];
  let random = seedRandom(5);
  const roll = () => {
    const [value, after] = nextFloat(random);
    random = after;
    return value;
  };
  const doomed: Timer[] = [];
  for (let i = 0; i < 5000; i++) {
    const deadlineNs = BigInt(Math.floor(roll() * 1000));
    const timer = timers.add(deadlineNs, () => fired.push(deadlineNs));
    if (roll() < 0.7) doomed.push(timer);
    else live.push(deadlineNs);
  }
  for (const timer of doomed) timers.cancel(timer);
  timers.fireDue(1000n);
  expect(fired).toEqual(live.sort((a, b) => Number(a - b)));
});
