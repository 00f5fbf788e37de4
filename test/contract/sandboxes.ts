/** The contract on sandboxes. */
import { expect, test } from 'vitest';
import { type Bench, PROGRAM, sandboxConfig } from './setup.ts';

export function sandboxContract(bench: () => Bench): void {
  const service = () => bench().runtime.runtimeService;

  test('a sandbox is ready with an address of its own once it runs', async () => {
    const first = await service().podSandboxStatus(await bench().sandbox());
    const second = await service().podSandboxStatus(await bench().sandbox());
    expect(first.state).toBe('SANDBOX_READY');
    expect(first.ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(second.ip).not.toBe(first.ip);
    expect(first.createdAtMs).toBeGreaterThan(0);
  });

  test('a sandbox gives back its metadata, labels and annotations', async () => {
    const config = sandboxConfig('labelled', 2);
    const id = await bench().sandbox('labelled', 2);
    const status = await service().podSandboxStatus(id);
    expect(status).toMatchObject({ id, metadata: config.metadata });
    expect(status.labels).toMatchObject(config.labels);
    expect(status.annotations).toMatchObject(config.annotations);
  });

  test('the same uid and attempt is refused, the next attempt is not', async () => {
    const first = await bench().sandbox('again', 0);
    await expect(bench().sandbox('again', 0)).rejects.toMatchObject({ code: 'AlreadyExists' });
    await bench().settle(service().stopPodSandbox(first));
    const second = await bench().sandbox('again', 1);
    expect(second).not.toBe(first);
  });

  test('the bounds of a pod as a whole change while it runs; memory beyond them is killed for', async () => {
    const bounds = { memoryLimitBytes: 64 << 20, cpuShares: 2, cpuQuota: 0, cpuPeriod: 100_000 };
    const update = (id: string, memoryLimitBytes: number) =>
      bench().settle(service().updatePodSandboxResources(id, { ...bounds, memoryLimitBytes }));
    await expect(update('nobody', 0)).rejects.toMatchObject({ code: 'NotFound' });
    const { id, sandboxId } = await bench().running('app', PROGRAM.sleeps30);
    await update(sandboxId, 64 << 20);
    expect((await service().containerStatus(id)).state).toBe('CONTAINER_RUNNING');
    // A kernel with control groups of version 1 refuses what is used already, and kills nobody.
    const refusal = await update(sandboxId, 65_536).catch((error: Error) => error.message);
    if (refusal !== undefined) {
      expect(bench().virtual).toBe(false);
      expect(refusal).toMatch(/memory\.limit_in_bytes: device or resource busy/);
      return;
    }
    expect(await bench().exited(id)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  });

  test('listing finds sandboxes by id and by label', async () => {
    const red = await bench().sandbox('red');
    const blue = await bench().sandbox('blue');
    const ids = async (filter?: Parameters<ReturnType<typeof service>['listPodSandbox']>[0]) =>
      (await service().listPodSandbox(filter)).map(({ id }) => id);
    expect(await ids()).toEqual(expect.arrayContaining([red, blue]));
    expect(await ids({ id: red })).toEqual([red]);
    expect(await ids({ labels: { app: 'blue' } })).toEqual([blue]);
    expect(await ids({ labels: { app: 'green' } })).toEqual([]);
  });

  test('stopping a sandbox ends what runs in it, and may be done twice', async () => {
    const { id, sandboxId } = await bench().running('app', PROGRAM.sleeps30);
    const other = await bench().running('other', PROGRAM.sleeps30, { sandboxId });
    await bench().settle(service().stopPodSandbox(sandboxId));
    for (const one of [id, other.id]) {
      expect(await service().containerStatus(one)).toMatchObject({
        state: 'CONTAINER_EXITED',
        exitCode: 137,
      });
    }
    expect(await service().podSandboxStatus(sandboxId)).toMatchObject({ state: 'SANDBOX_NOTREADY' });
    await bench().settle(service().stopPodSandbox(sandboxId));
  });

  test('removing a sandbox removes its containers, and may be done twice', async () => {
    const { id, sandboxId } = await bench().running('app', PROGRAM.sleeps30);
    await bench().settle(service().stopPodSandbox(sandboxId));
    await bench().settle(service().removePodSandbox(sandboxId));
    await expect(service().podSandboxStatus(sandboxId)).rejects.toMatchObject({ code: 'NotFound' });
    await expect(service().containerStatus(id)).rejects.toMatchObject({ code: 'NotFound' });
    expect(await service().listContainers({ podSandboxId: sandboxId })).toEqual([]);
    await bench().settle(service().removePodSandbox(sandboxId));
  });

  test('a sandbox that nobody knows is not found, and stopping it is no error', async () => {
    await expect(service().podSandboxStatus('nobody')).rejects.toMatchObject({ code: 'NotFound' });
    await bench().settle(service().stopPodSandbox('nobody'));
    await bench().settle(service().removePodSandbox('nobody'));
  });
}
