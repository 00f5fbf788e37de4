import { expect, test } from 'vitest';
import { MemoryAccount, MemoryTotal } from '../../../../src/runtime/wasm/process/memory-account.ts';

const GIB_PAGES = 16_384;

function account(limitBytes: number, total = new MemoryTotal()) {
  let exhausted = 0;
  const memory = new MemoryAccount(limitBytes, total, () => exhausted++);
  return { memory, exhausted: () => exhausted };
}

test('takes up to the limit, and says when more is asked for', () => {
  const { memory, exhausted } = account(3 * 65_536);
  expect([memory.take(2), memory.take(2), exhausted()]).toEqual([true, false, 1]);
  expect([memory.take(1), memory.usedBytes]).toEqual([true, 3 * 65_536]);
  memory.free(2);
  expect(memory.take(2)).toBe(true);
});

test('without a limit a container gets one gibibyte', () => {
  const { memory } = account(0);
  expect([memory.take(GIB_PAGES), memory.take(1)]).toEqual([true, false]);
});

test('all containers share a total: who asks for more than is left is out of memory', () => {
  const total = new MemoryTotal();
  const [first, second, third] = [account(0, total), account(0, total), account(0, total)];
  expect([first.memory.take(GIB_PAGES), second.memory.take(GIB_PAGES)]).toEqual([true, true]);
  expect([third.memory.take(1), third.exhausted(), first.exhausted()]).toEqual([false, 1, 0]);
  first.memory.free(1);
  expect(third.memory.take(1)).toBe(true);
});
