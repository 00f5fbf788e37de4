import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuestRuntime } from './guest-runtime.ts';

// Real time is what is tested here; the bounds are the promised ones for a median, several times what is measured.
let guests: GuestRuntime;
let host: string;

beforeAll(async () => {
  guests = await GuestRuntime.open('wall');
  const sandboxId = await guests.sandbox();
  host = await guests.ip(sandboxId);
  await guests.logged(await guests.start(['serve', '0.0.0.0', '80'], { sandboxId }), 'listening');
}, 120_000);
afterAll(() => guests.close());

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Infinity;

async function probeMs(): Promise<number> {
  const startMs = performance.now();
  const request = { scheme: 'HTTP', host, port: 80, path: '/', headers: [] } as const;
  await guests.runtime.network.httpGet(request, 10);
  return performance.now() - startMs;
}

test.each([['spin'], ['tree'], ['fill 100'], ['clock 1000000'], ['flood']])(
  'two guests that %s without end hardly delay a probe, and are killed at once',
  async (words) => {
    const ids = [await guests.start(words.split(' ')), await guests.start(words.split(' '))];
    await guests.pass(200);
    const probes: number[] = [];
    for (let i = 0; i < 15; i++) probes.push(await probeMs());
    const kills: number[] = [];
    for (const id of ids) {
      const startMs = performance.now();
      await guests.service.stopContainer(id, 0);
      kills.push(performance.now() - startMs);
      expect(await guests.service.containerStatus(id)).toMatchObject({ exitCode: 137 });
    }
    expect(median(probes)).toBeLessThan(100);
    expect(Math.min(...kills)).toBeLessThan(50);
  },
);

test('a storm of starts hardly delays a probe', async () => {
  const id = await guests.start(['bomb']);
  const probes: number[] = [];
  for (let i = 0; i < 15; i++) probes.push(await probeMs());
  await guests.service.stopContainer(id, 0);
  expect(median(probes)).toBeLessThan(100);
});

test('a CPU limit holds', async () => {
  const id = await guests.start(['spin'], { cpuLimit: 0.2 });
  await guests.service.containerStats(id);
  await guests.pass(1000);
  const { cpuUsageNanoCores } = await guests.service.containerStats(id);
  expect(cpuUsageNanoCores / 1e9).toBeLessThan(0.4);
  expect(cpuUsageNanoCores / 1e9).toBeGreaterThan(0.02);
  await guests.service.stopContainer(id, 0);
});

test('spinning guests do not hold up the main thread, and closing ends them', async () => {
  const own = await GuestRuntime.open('wall');
  for (let i = 0; i < 4; i++) await own.start(['spin']);
  const turns: number[] = [];
  for (let i = 0; i < 20; i++) {
    const startMs = performance.now();
    await new Promise((resolve) => setImmediate(resolve));
    turns.push(performance.now() - startMs);
  }
  expect(median(turns)).toBeLessThan(50);
  await own.close();
  await expect(own.sandbox()).rejects.toMatchObject({ code: 'Unavailable' });
});
