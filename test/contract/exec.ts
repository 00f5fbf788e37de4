/** The contract on commands that run in a container, and on the network. */
import { expect, test } from 'vitest';
import { type Bench, EXEC, PROGRAM } from './setup.ts';

export function execContract(bench: () => Bench): void {
  const service = () => bench().runtime.runtimeService;
  const exec = (id: string, command: readonly string[], timeoutSeconds = 5) =>
    bench().settle(service().execSync(id, command, timeoutSeconds));

  test('a command gives its output and its exit code', async () => {
    const { id } = await bench().running('app', PROGRAM.sleeps30);
    expect(await exec(id, EXEC.echoes)).toEqual({ stdout: 'inside\n', stderr: '', exitCode: 0 });
    expect(await exec(id, EXEC.exits4)).toEqual({ stdout: '', stderr: 'oops\n', exitCode: 4 });
  });

  test('a command that takes too long is ended, and the container lives on', async () => {
    const { id } = await bench().running('app', PROGRAM.sleeps30);
    await expect(exec(id, EXEC.hangs, 1)).rejects.toMatchObject({ code: 'DeadlineExceeded' });
    expect(await service().containerStatus(id)).toMatchObject({ state: 'CONTAINER_RUNNING' });
  });

  test('a command needs a container that runs', async () => {
    const { id } = await bench().running('app', PROGRAM.exits3);
    await bench().exited(id);
    await expect(exec(id, EXEC.echoes)).rejects.toMatchObject({ code: 'FailedPrecondition' });
    await expect(exec('nobody', EXEC.echoes)).rejects.toMatchObject({ code: 'NotFound' });
  });

  test('a command that the image does not have is an error of the call', async () => {
    const { id } = await bench().running('app', PROGRAM.sleeps30);
    await expect(exec(id, PROGRAM.missing)).rejects.toThrow(/no such file|not found/i);
  });
}

export function networkContract(bench: () => Bench): void {
  const { network } = { network: () => bench().runtime.network };
  const addressOf = async (sandboxId: string) =>
    (await bench().runtime.runtimeService.podSandboxStatus(sandboxId)).ip;
  const get = (host: string, port: number, path: string) =>
    bench().settle(network().httpGet({ scheme: 'HTTP', host, port, path, headers: [] }, 2));

  test('a server answers at the address of its pod', async () => {
    const { sandboxId } = await bench().running('web', PROGRAM.serves);
    const host = await addressOf(sandboxId);
    await bench().pass(bench().virtual ? 0 : 1000);
    await bench().settle(network().tcpConnect(host, 8080, 2));
    expect(await get(host, 8080, '/')).toEqual({ statusCode: 200, body: 'hello\n' });
    expect(await get(host, 8080, '/nothing')).toMatchObject({ statusCode: 404 });
  });

  test('a port on which nothing listens refuses', async () => {
    const { sandboxId } = await bench().running('app', PROGRAM.sleeps30);
    const host = await addressOf(sandboxId);
    const refused = { code: 'Unavailable', message: `dial tcp ${host}:81: connect: connection refused` };
    await expect(bench().settle(network().tcpConnect(host, 81, 1))).rejects.toMatchObject(refused);
    await expect(get(host, 81, '/')).rejects.toMatchObject(refused);
  });

  test('a server is gone with its sandbox', async () => {
    const { sandboxId } = await bench().running('web', PROGRAM.serves);
    const host = await addressOf(sandboxId);
    await bench().settle(bench().runtime.runtimeService.stopPodSandbox(sandboxId));
    await expect(bench().settle(network().tcpConnect(host, 8080, 1))).rejects.toMatchObject({
      code: expect.stringMatching(/^(Unavailable|DeadlineExceeded)$/),
    });
  });
}
