/** A thousand containers that run, die and are made again: what they leave behind must not grow. */
import { expect, it } from 'vitest';
import { nextUint32, type RandomState, seedRandom } from '../../../src/lib/random.ts';
import { GuestRuntime } from './guest-runtime.ts';

const CONTAINERS = 1_000;
const PODS = 100;
const MINUTES = 10;
/** By then every container has been made again, and all that is made once is there. */
const SETTLED_MINUTES = 4;
/** What the process may grow by from there to the end, as a share of what it has then: some 30 KB for each container that died. */
const GROWTH = 0.1;

/** Milliseconds that a container lives, one to three minutes, by the seed. */
function lifetimes(seed: number): () => number {
  let state: RandomState = seedRandom(seed);
  return () => {
    const [word, after] = nextUint32(state);
    state = after;
    return 60_000 + (word % 120_001);
  };
}

it('keeps its memory flat over ten minutes of a thousand containers', { timeout: 600_000 }, async () => {
  const guests = await GuestRuntime.open('virtual', 1, { nodeMemoryBytes: 64 * 2 ** 30 });
  const lifetime = lifetimes(1);
  const start = (sandboxId: string) => guests.start(['sleep', String(lifetime())], { sandboxId });
  const podOf = new Map<string, string>();
  for (let pod = 0; pod < PODS; pod++) {
    const sandboxId = await guests.sandbox();
    for (let index = 0; index < CONTAINERS / PODS; index++) podOf.set(await start(sandboxId), sandboxId);
  }
  let ended = 0;
  const residentBytes: number[] = [];
  for (let second = 1; second <= MINUTES * 60; second++) {
    await guests.pass(1_000);
    for (const event of guests.events.splice(0)) {
      if (event.type !== 'containerExited') continue;
      const sandboxId = podOf.get(event.containerId);
      if (sandboxId === undefined) throw new Error(`${event.containerId} is nobody's`);
      expect(event.exitCode).toBe(0);
      podOf.delete(event.containerId);
      await guests.settle(guests.service.removeContainer(event.containerId));
      podOf.set(await start(sandboxId), sandboxId);
      ended++;
    }
    if (second % 60 === 0) residentBytes.push(process.memoryUsage().rss);
  }
  const settled = Math.max(...residentBytes.slice(SETTLED_MINUTES - 2, SETTLED_MINUTES + 1));
  const atTheEnd = Math.min(...residentBytes.slice(-3));
  expect(ended).toBeGreaterThan(4 * CONTAINERS);
  expect(
    atTheEnd,
    `MiB by minute: ${residentBytes.map((bytes) => Math.round(bytes / 2 ** 20)).join(' ')}`,
  ).toBeLessThan(settled * (1 + GROWTH));
  const listed = await guests.settle(guests.service.listContainers());
  expect(listed).toHaveLength(CONTAINERS);
  await guests.close();
});
