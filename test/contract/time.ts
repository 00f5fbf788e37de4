/** The contract on time and order; only for runtimes with virtual time. */
import { expect, test } from 'vitest';
import { Bench, EPOCH_MS, type MakeRuntime, PROGRAM } from './setup.ts';

export function timeContract(bench: () => Bench, make: MakeRuntime): void {
  test('a sleep takes no wall time, and wakes at its instant', async () => {
    const { id } = await bench().running('app', PROGRAM.sleeps30);
    const startedAtMs = (await bench().runtime.runtimeService.containerStatus(id)).startedAtMs;
    await bench().pass(29_999);
    const { runtimeService, virtualTime } = bench().runtime;
    expect(await runtimeService.containerStatus(id)).toMatchObject({ state: 'CONTAINER_RUNNING' });
    expect(virtualTime?.nextDeadlineMs()).toBe(startedAtMs + 30_000);
    await bench().pass(1);
    const status = await runtimeService.containerStatus(id);
    expect(status).toMatchObject({ state: 'CONTAINER_EXITED', exitCode: 0 });
    expect(status.finishedAtMs).toBe(startedAtMs + 30_000);
  });

  test('times are those of the virtual clock', async () => {
    await bench().pass(5000);
    const nowMs = bench().now();
    const sandboxId = await bench().sandbox('clock');
    const { createdAtMs } = await bench().runtime.runtimeService.podSandboxStatus(sandboxId);
    expect(createdAtMs).toBeGreaterThanOrEqual(nowMs);
    expect(createdAtMs).toBeLessThan(EPOCH_MS + 3_600_000);
  });

  test('the same seed gives the same events in the same order', async () => {
    const [first, second] = [await record(make, 7), await record(make, 7)];
    expect(first.length).toBeGreaterThan(5);
    expect(second).toEqual(first);
  });
}

async function record(make: MakeRuntime, seed: number): Promise<readonly unknown[]> {
  const bench = await Bench.open(make, seed);
  try {
    const sandboxId = await bench.sandbox('replayed');
    await bench.running('talks', PROGRAM.writesBoth, { sandboxId });
    const sleeper = await bench.running('sleeps', PROGRAM.sleeps30, { sandboxId });
    await bench.running('fails', PROGRAM.exits3, { sandboxId });
    await bench.pass(1000);
    await bench.settle(bench.runtime.runtimeService.stopContainer(sleeper.id, 2));
    await bench.settle(bench.runtime.runtimeService.stopPodSandbox(sandboxId));
    await bench.pass(1000);
    return bench.events;
  } finally {
    await bench.close();
  }
}
