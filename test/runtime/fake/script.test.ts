import { expect, test } from 'vitest';
import { familiarImage } from '../../../src/runtime/fake/match.ts';
import { createFakeRuntime } from '../../../src/runtime/fake/runtime.ts';
import type { FakeScript } from '../../../src/runtime/fake/script.ts';
import { Bench } from '../../contract/setup.ts';

const open = (script: FakeScript) => Bench.open(async (options) => createFakeRuntime({ ...options, script }));

test('a sandbox can be slow, and can die with everything in it', async () => {
  const bench = await open({ sandboxes: [{ match: { pod: 'web' }, takesMs: 700, diesAfterMs: 5000 }] });
  const beforeMs = bench.now();
  const sandboxId = await bench.sandbox('web');
  expect(bench.now() - beforeMs).toBe(700);
  const { id } = await bench.running('app', ['serve'], { sandboxId });
  await bench.pass(5000);
  const { runtimeService } = bench.runtime;
  expect(await runtimeService.podSandboxStatus(sandboxId)).toMatchObject({ state: 'SANDBOX_NOTREADY' });
  expect(await runtimeService.containerStatus(id)).toMatchObject({ exitCode: 137 });
});

test('rules can be about one attempt only', async () => {
  const crash = { exit: { afterMs: 100, code: 1 } };
  const bench = await open({ containers: [{ match: { attempt: { from: 0, to: 1 } }, program: crash }] });
  const sandboxId = await bench.sandbox();
  const states: string[] = [];
  for (const attempt of [0, 1, 2]) {
    const { id } = await bench.running('app', ['serve'], { sandboxId, attempt });
    await bench.pass(200);
    states.push((await bench.runtime.runtimeService.containerStatus(id)).state);
  }
  expect(states).toEqual(['CONTAINER_EXITED', 'CONTAINER_EXITED', 'CONTAINER_RUNNING']);
});

test('the second call can fail, before its work or after it', async () => {
  const fail = { code: 'Unavailable', message: 'no answer' } as const;
  const bench = await open({
    calls: [
      { call: 'runPodSandbox', nth: 2, fail },
      { call: 'runPodSandbox', nth: 3, fail, workIsDone: true },
    ],
  });
  const { runtimeService } = bench.runtime;
  await bench.sandbox('a');
  await expect(bench.sandbox('b')).rejects.toMatchObject(fail);
  await expect(bench.sandbox('c')).rejects.toMatchObject(fail);
  const names = (await runtimeService.listPodSandbox()).map(({ metadata }) => metadata.name);
  expect(names).toEqual(['a', 'c']);
});

test('a pull can fail a few times with a reason, then succeed', async () => {
  const pullFails = {
    code: 'Unavailable',
    message: 'registry is away',
    reason: 'RegistryUnavailable',
  } as const;
  const bench = await open({ images: [{ image: 'web:*', pullFails, pullFailsTimes: 2 }] });
  const pull = () => bench.settle(bench.runtime.imageService.pullImage('web:1'));
  await expect(pull()).rejects.toMatchObject(pullFails);
  await expect(pull()).rejects.toMatchObject(pullFails);
  expect(await pull()).toMatch(/^sha256:/);
});

test('exec and http answers follow the time since the start', async () => {
  const bench = await open({
    containers: [
      {
        match: {},
        program: {
          exec: [
            { command: 'cat *', untilMs: 1000, exitCode: 0 },
            { command: 'cat *', exitCode: 1, stderr: 'gone\n' },
          ],
          ports: [{ port: 80, fromMs: 500, statusCode: 200 }],
        },
      },
    ],
  });
  const { id, sandboxId } = await bench.running('app', ['serve']);
  const { network, runtimeService } = bench.runtime;
  const { ip } = await runtimeService.podSandboxStatus(sandboxId);
  const connect = () => bench.settle(network.tcpConnect(ip, 80, 1));
  const cat = async () => (await bench.settle(runtimeService.execSync(id, ['cat', 'x'], 1))).exitCode;
  await expect(connect()).rejects.toThrow(/refused/);
  expect(await cat()).toBe(0);
  await bench.pass(1000);
  await connect();
  expect(await cat()).toBe(1);
});

test('a gRPC server says how its services are; any other is tried until the time is over', async () => {
  const program = { ports: [{ port: 9000, grpc: { '': 'SERVING', shop: 'NOT_SERVING' } }, { port: 80 }] };
  const bench = await open({ containers: [{ match: {}, program }] });
  const { sandboxId } = await bench.running('app', ['serve']);
  const { network, runtimeService } = bench.runtime;
  const { ip } = await runtimeService.podSandboxStatus(sandboxId);
  const check = (port: number, service = '') => bench.settle(network.grpcHealthCheck(ip, port, service, 2));
  expect(await check(9000)).toBe('SERVING');
  expect(await check(9000, 'shop')).toBe('NOT_SERVING');
  await expect(check(9000, 'none')).rejects.toMatchObject({ code: 'NotFound' });
  for (const port of [80, 81]) {
    await expect(check(port)).rejects.toMatchObject({ code: 'DeadlineExceeded' });
  }
});

test('one image has one name, however it is spelled', () => {
  expect(familiarImage('docker.io/library/busybox')).toBe('busybox:latest');
  expect(familiarImage('localhost:5000/app')).toBe('localhost:5000/app:latest');
  expect(familiarImage('busybox@sha256:aa')).toBe('busybox@sha256:aa');
});
