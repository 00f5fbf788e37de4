/** The contract on containers: their life, their end, what they leave. */
import { expect, test } from 'vitest';
import { type Bench, containerConfig, fullImage, PROGRAM, sandboxConfig } from './setup.ts';

export function containerContract(bench: () => Bench): void {
  const service = () => bench().runtime.runtimeService;

  test('a container is created, runs, exits, and says so with its times and code', async () => {
    const sandboxId = await bench().sandbox('life');
    const config = containerConfig('app', PROGRAM.exits3);
    const id = await bench().settle(service().createContainer(sandboxId, config, sandboxConfig('life')));
    const created = await service().containerStatus(id);
    expect(created).toMatchObject({
      id,
      podSandboxId: sandboxId,
      state: 'CONTAINER_CREATED',
      startedAtMs: 0,
    });
    expect(created.metadata).toEqual(config.metadata);
    expect(created.labels).toMatchObject(config.labels);
    expect(created.annotations).toMatchObject(config.annotations);
    // As containerd tells it: the tag in full, and the digest in its repository.
    expect(created.image).toBe(fullImage());
    const [repository, digest] = created.imageRef.split('@');
    expect(`${repository}:1.36`).toBe(fullImage());
    for (const id of [digest, created.imageId]) expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
    await bench().settle(service().startContainer(id));
    const exited = await bench().exited(id);
    expect(exited).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(exited.startedAtMs).toBeGreaterThanOrEqual(exited.createdAtMs);
    expect(exited.finishedAtMs).toBeGreaterThanOrEqual(exited.startedAtMs);
  });

  test('a program that returns 0 is Completed', async () => {
    const { id } = await bench().running('app', PROGRAM.exits0);
    expect(await bench().exited(id)).toMatchObject({ exitCode: 0, reason: 'Completed' });
  });

  test('a running container is CONTAINER_RUNNING and has not finished', async () => {
    const { id } = await bench().running('app', PROGRAM.sleeps30);
    const status = await service().containerStatus(id);
    expect(status).toMatchObject({ state: 'CONTAINER_RUNNING', finishedAtMs: 0 });
    expect(status.startedAtMs).toBeGreaterThan(0);
  });

  test('creating needs a ready sandbox, an image and a free name', async () => {
    const config = containerConfig('app', PROGRAM.sleeps30);
    const sandboxId = await bench().sandbox('needs');
    const sandbox = sandboxConfig('needs');
    const create = (id: string, one = config) => bench().settle(service().createContainer(id, one, sandbox));
    await expect(create('nobody')).rejects.toMatchObject({ code: 'NotFound' });
    const absent = { ...config, image: 'absent:1', imageRef: 'absent:1' };
    await expect(create(sandboxId, absent)).rejects.toMatchObject({ code: 'NotFound' });
    await create(sandboxId);
    await expect(create(sandboxId)).rejects.toMatchObject({ code: 'AlreadyExists' });
    await bench().settle(service().stopPodSandbox(sandboxId));
    const late = containerConfig('late', PROGRAM.sleeps30);
    await expect(create(sandboxId, late)).rejects.toMatchObject({ code: 'FailedPrecondition' });
  });

  test('a container starts once', async () => {
    const { id } = await bench().running('app', PROGRAM.sleeps30);
    await expect(bench().settle(service().startContainer(id))).rejects.toMatchObject({
      code: 'FailedPrecondition',
    });
    await expect(bench().settle(service().startContainer('nobody'))).rejects.toMatchObject({
      code: 'NotFound',
    });
  });

  test('a program that the image does not have fails the start, and nothing runs', async () => {
    const sandboxId = await bench().sandbox('missing');
    const config = containerConfig('app', PROGRAM.missing);
    const id = await bench().settle(service().createContainer(sandboxId, config, sandboxConfig('missing')));
    await expect(bench().settle(service().startContainer(id))).rejects.toThrow(/no such file|not found/i);
    const status = await service().containerStatus(id);
    expect(status).toMatchObject({ state: 'CONTAINER_EXITED', exitCode: 128, reason: 'StartError' });
  });

  test('a program that ignores TERM is killed once the time-out has passed', async () => {
    const { id } = await bench().running('app', PROGRAM.sleeps30);
    const beforeMs = bench().now();
    await bench().settle(service().stopContainer(id, 2));
    expect(bench().now() - beforeMs).toBeGreaterThanOrEqual(2000);
    expect(await service().containerStatus(id)).toMatchObject({ state: 'CONTAINER_EXITED', exitCode: 137 });
    await bench().settle(service().stopContainer(id, 2));
  });

  test('a program that obeys TERM ends before the time-out, with its own code', async () => {
    const { id } = await bench().running('app', PROGRAM.obeysTerm);
    await bench().pass(100);
    const beforeMs = bench().now();
    await bench().settle(service().stopContainer(id, 20));
    expect(bench().now() - beforeMs).toBeLessThan(5000);
    expect(await service().containerStatus(id)).toMatchObject({ state: 'CONTAINER_EXITED', exitCode: 143 });
  });

  test('a stop with no time kills at once', async () => {
    const { id } = await bench().running('app', PROGRAM.obeysTerm);
    await bench().settle(service().stopContainer(id, 0));
    expect(await service().containerStatus(id)).toMatchObject({ state: 'CONTAINER_EXITED', exitCode: 137 });
  });

  test('stopping or removing what nobody knows is no error', async () => {
    await bench().settle(service().stopContainer('nobody', 1));
    await bench().settle(service().removeContainer('nobody'));
    await expect(service().containerStatus('nobody')).rejects.toMatchObject({ code: 'NotFound' });
  });

  test('removing a running container kills it and forgets it', async () => {
    const { id } = await bench().running('app', PROGRAM.sleeps30);
    await bench().settle(service().removeContainer(id));
    await expect(service().containerStatus(id)).rejects.toMatchObject({ code: 'NotFound' });
    const told = () =>
      bench().events.find((event) => event.type === 'containerExited' && event.containerId === id);
    await bench().until(() => told() !== undefined, 'the end is told');
    expect(told()).toMatchObject({ exitCode: 137 });
  });

  test('the same name runs again with the next attempt, beside what is left of the last', async () => {
    const { id, sandboxId } = await bench().running('app', PROGRAM.exits3);
    await bench().exited(id);
    const again = await bench().running('app', PROGRAM.sleeps30, { sandboxId, attempt: 1 });
    const listed = await service().listContainers({ podSandboxId: sandboxId });
    expect(listed.map(({ id, metadata, state }) => [id, metadata.attempt, state]).sort()).toEqual(
      [
        [id, 0, 'CONTAINER_EXITED'],
        [again.id, 1, 'CONTAINER_RUNNING'],
      ].sort(),
    );
  });

  test('listing finds containers by id, by sandbox and by label', async () => {
    const first = await bench().running('first', PROGRAM.sleeps30);
    const second = await bench().running('second', PROGRAM.sleeps30);
    const ids = async (filter?: Parameters<ReturnType<typeof service>['listContainers']>[0]) =>
      (await service().listContainers(filter)).map(({ id }) => id);
    expect(await ids()).toEqual(expect.arrayContaining([first.id, second.id]));
    expect(await ids({ id: first.id })).toEqual([first.id]);
    expect(await ids({ podSandboxId: second.sandboxId })).toEqual([second.id]);
    expect(await ids({ labels: { 'io.kubernetes.container.name': 'second' } })).toEqual([second.id]);
  });

  test('the log keeps lines in order with their streams, and its tail can be asked for', async () => {
    const { id } = await bench().running('app', PROGRAM.writesBoth);
    await bench().until(async () => (await service().containerLog(id)).length === 3, 'three lines');
    const lines = (await service().containerLog(id)).map(({ stream, text }) => `${stream} ${text}`);
    const ofStream = (stream: string) => lines.filter((line) => line.startsWith(stream));
    expect(ofStream('stdout')).toEqual(['stdout one', 'stdout three']);
    expect(ofStream('stderr')).toEqual(['stderr two']);
    expect(await service().containerLog(id, { tailLines: 2 })).toHaveLength(2);
    await expect(service().containerLog('nobody')).rejects.toMatchObject({ code: 'NotFound' });
  });

  test('what a program writes is also told as it is written', async () => {
    const { id } = await bench().running('app', PROGRAM.exits3);
    const told = () =>
      bench().events.find((event) => event.type === 'logWritten' && event.containerId === id);
    await bench().until(() => told() !== undefined, 'the line is told');
    expect(told()).toMatchObject({
      containerName: 'app',
      line: { stream: 'stdout', text: 'hi', partial: false },
    });
  });

  test('a stop is told signal by signal, then the exit', async () => {
    const { id } = await bench().running('app', PROGRAM.sleeps30);
    await bench().settle(service().stopContainer(id, 1));
    const told = () =>
      bench().events.flatMap((event) => {
        if (event.type !== 'containerSignalled' && event.type !== 'containerExited') return [];
        if (event.containerId !== id) return [];
        return [event.type === 'containerSignalled' ? event.signal : `exit ${event.exitCode}`];
      });
    await bench().until(() => told().length >= 3, 'the end is told');
    expect(told()).toEqual(['SIGTERM', 'SIGKILL', 'exit 137']);
  });

  test('the resources of a running container change without its knowing, and its status tells them', async () => {
    const { id } = await bench().running('app', PROGRAM.sleeps30);
    const { resources: before } = containerConfig('app', []);
    expect((await service().containerStatus(id)).resources).toMatchObject(before);
    const after = { ...before, memoryLimitBytes: 64 << 20, cpuQuota: 50_000, cpusetCpus: '0-1' };
    await bench().settle(service().updateContainerResources(id, after));
    expect(await service().containerStatus(id)).toMatchObject({
      state: 'CONTAINER_RUNNING',
      resources: after,
    });
  });

  test('resources of what is not there, or has ended, do not change', async () => {
    const { resources } = containerConfig('app', []);
    const update = (id: string) => bench().settle(service().updateContainerResources(id, resources));
    await expect(update('nobody')).rejects.toMatchObject({ code: 'NotFound' });
    const { id } = await bench().running('app', PROGRAM.exits0);
    await bench().exited(id);
    await expect(update(id)).rejects.toMatchObject({ code: 'FailedPrecondition' });
  });

  test('the termination message is what the program wrote to its file', async () => {
    const { id } = await bench().running('app', PROGRAM.saysWhy);
    await bench().exited(id);
    expect(await service().terminationMessage(id)).toBe('out of cheese');
    const silent = await bench().running('silent', PROGRAM.exits3);
    await bench().exited(silent.id);
    expect(await service().terminationMessage(silent.id)).toBe('');
  });

  test('a running container has stats', async () => {
    const { id } = await bench().running('app', PROGRAM.sleeps30);
    const stats = await service().containerStats(id);
    expect(stats.id).toBe(id);
    expect(stats.memoryWorkingSetBytes).toBeGreaterThan(0);
    expect((await service().listContainerStats({ id })).map((one) => one.id)).toEqual([id]);
    await expect(service().containerStats('nobody')).rejects.toMatchObject({ code: 'NotFound' });
  });

  test('stats tell what a container has written and how many processes it is', async () => {
    const { id } = await bench().running('app', PROGRAM.fills);
    const seen = async () => (await service().containerStats(id)).processCount === 3;
    await bench().until(seen, 'three processes run');
    const logged = async () => (await service().containerStats(id)).logBytes > 0;
    await bench().until(logged, 'its line is in the log');
    const stats = await service().containerStats(id);
    expect(stats.writableLayerBytes).toBeGreaterThanOrEqual(100 * 1024);
    expect(stats.writableLayerInodes).toBe(1);
    expect(stats.logBytes).toBeGreaterThanOrEqual('filling\n'.length);
    expect(stats.processCount).toBe(3);
    await bench().settle(service().stopContainer(id, 0));
    // What it has written is still there, and is listed.
    const [dead] = await service().listContainerStats({ id });
    expect(dead).toMatchObject({ processCount: 0, memoryWorkingSetBytes: 0, writableLayerInodes: 1 });
  });
}
