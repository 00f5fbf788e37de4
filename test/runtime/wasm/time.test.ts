import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EPOCH_MS, GuestRuntime } from './guest-runtime.ts';

let guests: GuestRuntime;
beforeAll(async () => {
  guests = await GuestRuntime.open('virtual');
}, 120_000);
afterAll(() => guests.close());

const virtualTime = () => {
  if (guests.runtime.virtualTime === null) throw new Error('the runtime has no virtual time');
  return guests.runtime.virtualTime;
};

test('a guest’s clocks are the runtime’s', async () => {
  const early = await guests.run(['time']);
  expect(Number(early.log)).toBe(guests.now());
  await guests.pass(3_600_000);
  const late = await guests.run(['time']);
  expect(Number(late.log)).toBe(guests.now());
  expect(Number(late.log) - Number(early.log)).toBeGreaterThanOrEqual(3_600_000);
});

test('guests wake at their own instants, in their order, and not before', async () => {
  const ids = [await guests.start(['sleep', '3000']), await guests.start(['sleep', '1000'])];
  const startMs = guests.now();
  await virtualTime().quiesce();
  expect(virtualTime().nextDeadlineMs()).toBe(startMs + 1000);
  await guests.pass(2999);
  const exits = async () => {
    const statuses = await Promise.all(ids.map((id) => guests.service.containerStatus(id)));
    return statuses.map(({ finishedAtMs }) => (finishedAtMs === 0 ? 0 : finishedAtMs - startMs));
  };
  expect(await exits()).toEqual([0, 1000]);
  await guests.pass(1);
  expect(await exits()).toEqual([3000, 1000]);
});

test('when nobody waits for time there is no deadline', async () => {
  await guests.run(['say', 'x']);
  await virtualTime().quiesce();
  expect(virtualTime().nextDeadlineMs()).toBeUndefined();
});

test('an endless loop is charged for its work, so that time goes on and it can be stopped', async () => {
  const spinner = await guests.start(['spin']);
  const startMs = guests.now();
  await guests.pass(5000);
  expect(guests.now()).toBe(startMs + 5000);
  const { cpuUsageCoreNanoSeconds } = await guests.settle(guests.service.containerStats(spinner));
  expect(cpuUsageCoreNanoSeconds / 1e9).toBeGreaterThan(4.5);
  expect(cpuUsageCoreNanoSeconds / 1e9).toBeLessThan(5.5);
  await guests.settle(guests.service.stopContainer(spinner, 2));
  const { finishedAtMs, exitCode } = await guests.service.containerStatus(spinner);
  expect([finishedAtMs, exitCode]).toEqual([startMs + 7000, 137]);
});

test('a CPU limit makes a loop take longer', async () => {
  const spinner = await guests.start(['spin'], { cpuLimit: 0.25 });
  await guests.pass(8000);
  const { cpuUsageCoreNanoSeconds } = await guests.settle(guests.service.containerStats(spinner));
  expect(cpuUsageCoreNanoSeconds / 1e9).toBeGreaterThan(1.5);
  expect(cpuUsageCoreNanoSeconds / 1e9).toBeLessThan(2.5);
  await guests.settle(guests.service.stopContainer(spinner, 0));
});

test('waiting for the clock in a loop comes to its end', async () => {
  const id = await guests.start(['clock', '1000']);
  const startMs = guests.now();
  const { finishedAtMs } = await guests.exited(id);
  expect(finishedAtMs - startMs).toBeGreaterThanOrEqual(1000);
  expect(finishedAtMs - startMs).toBeLessThan(1500);
});

test('an exec that takes too long is ended at its instant', async () => {
  const id = await guests.start(['sleep', '60000']);
  const startMs = guests.now();
  const exec = guests.service.execSync(id, ['guest', 'spin'], 3);
  await expect(guests.settle(exec)).rejects.toMatchObject({ code: 'DeadlineExceeded' });
  expect(guests.now() - startMs).toBe(3000);
  await guests.settle(guests.service.stopContainer(id, 0));
});

describe('the same seed gives the same run', () => {
  async function record(seed: number) {
    const run = await GuestRuntime.open('virtual', seed);
    try {
      const sandboxId = await run.sandbox();
      const server = await run.start(['serve', '0.0.0.0', '80'], { sandboxId });
      const ids = [server];
      for (const words of [['tick'], ['spin'], ['random'], ['tree'], ['flood'], ['sleep', '1500']]) {
        ids.push(await run.start(words));
      }
      const request = {
        scheme: 'HTTP',
        host: await run.ip(sandboxId),
        port: 80,
        path: '/',
        headers: [],
      } as const;
      for (let i = 0; i < 3; i++) {
        await run.settle(run.runtime.network.httpGet(request, 1));
        await run.pass(700);
      }
      await Promise.all(ids.map((id) => run.settle(run.service.stopContainer(id, 1))));
      return JSON.stringify(run.events);
    } finally {
      await run.close();
    }
  }

  test('byte for byte, with every log line, and another seed another one', async () => {
    const [first, second, third] = [await record(7), await record(7), await record(8)];
    expect(first.length).toBeGreaterThan(10_000);
    expect(second === first).toBe(true);
    expect(third === first).toBe(false);
  });
});

test('time begins where the runtime was told', async () => {
  const other = await GuestRuntime.open('virtual', 3);
  expect(Number((await other.run(['time'])).log)).toBe(EPOCH_MS);
  await other.close();
});
