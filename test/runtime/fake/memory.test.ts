import { expect, test } from 'vitest';
import type { FakeScript } from '../../../src/runtime/fake/runtime.ts';
import { createFakeRuntime } from '../../../src/runtime/fake/runtime.ts';
import type { RuntimeEvent } from '../../../src/runtime/port.ts';
import { containerConfig, sandboxConfig } from '../../contract/setup.ts';

const MIB = 1 << 20;

const grows = (container: string, atMs: number, mebibytes: number) => ({
  match: { container },
  program: { memoryBytes: MIB, memoryGrows: [{ atMs, memoryBytes: mebibytes * MIB }] },
});

async function node(script: FakeScript) {
  const runtime = createFakeRuntime({ script, nodeMemoryBytes: 100 * MIB });
  const told: RuntimeEvent[] = [];
  runtime.runtimeService.subscribe((event) => told.push(event));
  const pull = runtime.imageService.pullImage('busybox:1.36');
  runtime.virtualTime?.advanceTo(1000);
  await pull;
  const { runtimeService: service } = runtime;
  const sandbox = sandboxConfig('pod');
  const sandboxId = await service.runPodSandbox({
    ...sandbox,
    resources: { memoryLimitBytes: 0, cpuShares: 2, cpuQuota: 0, cpuPeriod: 100_000 },
  });
  const start = async (name: string, oomScoreAdj: number, memoryLimitBytes = 0) => {
    const config = containerConfig(name, ['/bin/app']);
    const resources = { ...config.resources, oomScoreAdj, memoryLimitBytes };
    const id = await service.createContainer(sandboxId, { ...config, resources }, sandbox);
    await service.startContainer(id);
    return id;
  };
  const reason = async (id: string) => (await service.containerStatus(id)).reason;
  return { runtime, service, sandboxId, told, start, reason };
}

test('the node takes the worst score when it is full, and its kernel says so', async () => {
  const { runtime, told, start, reason } = await node({ containers: [grows('guaranteed', 500, 100)] });
  const bestEffort = await start('best-effort', 1000);
  const guaranteed = await start('guaranteed', -997);
  runtime.virtualTime?.advanceTo(2000);
  expect(await reason(bestEffort)).toBe('OOMKilled');
  expect(await reason(guaranteed)).toBe('');
  expect(told.filter(({ type }) => type === 'systemOom')).toEqual([
    expect.objectContaining({ containerId: bestEffort, processName: 'app' }),
  ]);
});

test('a container’s own limit and its pod’s end it without the node’s knowing', async () => {
  const { runtime, service, sandboxId, told, start, reason } = await node({
    containers: [grows('limited', 500, 20)],
  });
  const limited = await start('limited', 900, 10 * MIB);
  runtime.virtualTime?.advanceTo(2000);
  expect(await reason(limited)).toBe('OOMKilled');
  const other = await start('other', 900);
  await service.updatePodSandboxResources(sandboxId, {
    memoryLimitBytes: MIB / 2,
    cpuShares: 2,
    cpuQuota: 0,
    cpuPeriod: 100_000,
  });
  expect(await reason(other)).toBe('OOMKilled');
  expect(told.filter(({ type }) => type === 'systemOom')).toEqual([]);
});
