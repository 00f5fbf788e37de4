import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuestRuntime } from './guest-runtime.ts';

// Small enough to be crossed at once by what the real one leaves room for many times over.
let guests: GuestRuntime;
beforeAll(async () => {
  guests = await GuestRuntime.open('virtual', 1, { threadHeapMb: 32 });
}, 120_000);
afterAll(() => guests.close());

const deaths = () => guests.events.filter((event) => event.type === 'runtimeDied');

/** Ten thousands of empty files, each of which the thread's heap holds, until it holds no more. */
async function litterUntilDeath(): Promise<readonly string[]> {
  const before = deaths().length;
  const ids: string[] = [];
  for (let count = 0; count < 40 && deaths().length === before; count++) {
    try {
      ids.push(await guests.start(['litter', '/tmp']));
      await guests.pass(1000);
    } catch (error) {
      expect(String(error)).toMatch(/memory|Unavailable|connection|not ready/);
    }
  }
  return ids;
}

test('guests that fill the heap take their thread down, and not the process: what comes next runs', async () => {
  const ids = await litterUntilDeath();
  expect(deaths()).toEqual([expect.objectContaining({ message: expect.stringMatching(/memory limit/) })]);
  const running = await guests.service.listContainers();
  expect(running.filter(({ state }) => state === 'CONTAINER_RUNNING')).toEqual([]);
  expect(ids.length).toBeGreaterThan(1);
  expect(await guests.run(['env'])).toMatchObject({ exitCode: 0 });
}, 60_000);

test('the second death so soon has it stay away for ten seconds: nobody answers, then it is back', async () => {
  await litterUntilDeath();
  expect(deaths().at(-1)).toMatchObject({ message: expect.stringMatching(/the next one begins in 10 s$/) });
  await expect(guests.service.status()).rejects.toMatchObject({ code: 'Unavailable' });
  await expect(guests.service.listContainers()).rejects.toThrow('connection refused');
  expect(guests.runtime.virtualTime?.nextDeadlineMs()).toBe((deaths().at(-1)?.atMs ?? 0) + 10_000);
  await guests.pass(10_000);
  expect(await guests.run(['env'])).toMatchObject({ exitCode: 0 });
}, 60_000);
