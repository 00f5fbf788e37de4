/** Signals between processes, who ends with whom, and what is left, seen through busybox' stand-in. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openImageStore } from '../../../src/runtime/wasm/images/store.ts';
import { createWasmRuntime } from '../../../src/runtime/wasm/runtime.ts';
import { Bench, containerConfig, PROGRAM, sandboxConfig } from '../../contract/setup.ts';

const directory = mkdtempSync(join(tmpdir(), 'podstep-signals-'));
let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open(async ({ seed, epochMs }) =>
    createWasmRuntime({ clock: 'virtual', seed, epochMs, images: await openImageStore({ directory }) }),
  );
}, 120_000);
afterAll(async () => {
  await bench.close();
  rmSync(directory, { recursive: true, force: true });
});

const service = () => bench.runtime.runtimeService;
const idle = async () => (await bench.running('app', PROGRAM.sleeps30)).id;
const sh = (id: string, script: string, timeoutSeconds = 20) =>
  bench.settle(service().execSync(id, ['sh', '-c', script], timeoutSeconds));

test.each([
  ['HUP', 129],
  ['INT', 130],
  ['QUIT', 131],
  ['KILL', 137],
  ['USR1', 138],
  ['12', 140],
  ['SIGALRM', 142],
  ['TERM', 143],
])('%s ends a process without a handler with %i', async (signal, code) => {
  const { stdout } = await sh(await idle(), `sleep 100 & kill -${signal} $!; wait $!; echo $?`);
  expect(stdout).toBe(`${code}\n`);
});

test.each(['CHLD', 'CONT', 'WINCH', 'TSTP'])('%s ends nobody', async (signal) => {
  const script = `sleep 1 & kill -${signal} $!; wait $!; echo $?`;
  expect((await sh(await idle(), script)).stdout).toBe('0\n');
});

test('STOP holds a process, TERM waits for CONT, and KILL does not', async () => {
  const id = await idle();
  const stopped = await sh(
    id,
    'sleep 1 & kill -STOP $!; sleep 3; kill -0 $! && echo held; kill -CONT $!; wait $!; echo $?',
  );
  expect(stopped.stdout).toBe('held\n0\n');
  const term = await sh(
    id,
    'sleep 9 & kill -STOP $!; kill $!; sleep 1; kill -0 $! && echo held; kill -CONT $!; wait $!; echo $?',
  );
  expect(term.stdout).toBe('held\n143\n');
  const kill = await sh(id, 'sleep 9 & kill -STOP $!; kill -9 $!; wait $!; echo $?');
  expect(kill.stdout).toBe('137\n');
});

test('STOP holds a process that computes, too', async () => {
  const counts = 'i=0; while :; do i=$((i+1)); echo $i >/tmp/count; done';
  const looks =
    'sleep 1; kill -STOP $!; sleep 2; a=$(cat /tmp/count); sleep 3; test $a = $(cat /tmp/count); echo $?';
  const goesOn = 'kill -CONT $!; sleep 3; test $a != $(cat /tmp/count); echo $?; kill -9 $!';
  expect((await sh(await idle(), `(${counts}) & ${looks}; ${goesOn}`)).stdout).toBe('0\n0\n');
});

test('from inside, process 1 gets only signals that it has a handler for', async () => {
  const id = await idle();
  await sh(id, 'kill -9 1; kill -STOP 1; kill 1');
  expect(await service().containerStatus(id)).toMatchObject({ state: 'CONTAINER_RUNNING' });
  const { id: obeys } = await bench.running('app', PROGRAM.obeysTerm);
  await sh(obeys, 'kill 1');
  expect(await bench.exited(obeys)).toMatchObject({ exitCode: 143 });
});

test('a command that takes too long ends with all that it has started', async () => {
  const id = await idle();
  await expect(sh(id, 'sleep 71 & sleep 72 & wait', 1)).rejects.toMatchObject({ code: 'DeadlineExceeded' });
  expect((await sh(id, 'ps')).stdout).not.toMatch(/sleep 7[12]/);
});

test('an orphan lives on as a child of process 1, and ends with it', async () => {
  const id = await idle();
  await sh(id, 'sleep 500 &');
  expect((await sh(id, 'ps')).stdout).toContain('sleep 500');
  await bench.settle(service().stopContainer(id, 0));
  expect(await bench.exited(id)).toMatchObject({ exitCode: 137 });
  expect((await bench.settle(service().containerStats(id))).processCount).toBe(0);
});

test('an exec ends with 137 when its container does', async () => {
  const { id } = await bench.running('app', ['sleep', '2']);
  const session = await bench.settle(
    service().exec(id, { command: ['sleep', '60'], tty: false, stdin: false }),
  );
  expect(await bench.settle(session.ended)).toEqual({ type: 'exited', exitCode: 137 });
});

test.each([
  [['stress'], 'exec: "stress": executable file not found in $PATH'],
  [['/no/such'], 'exec: "/no/such": stat /no/such: no such file or directory'],
  [['/etc/passwd'], 'exec: "/etc/passwd": permission denied'],
])('an exec of %j fails in the words of runc', async (command, text) => {
  const message = `OCI runtime exec failed: exec failed: unable to start container process: ${text}: unknown`;
  const asked = service().exec(await idle(), { command, tty: false, stdin: false });
  await expect(bench.settle(asked)).rejects.toMatchObject({ message });
});

test.each([
  ['SIGQUIT', 'QUIT', 'SIGQUIT'],
  ['SIGUSR1', 'USR1', 'SIGUSR1'],
  ['3', 'QUIT', 'SIGQUIT'],
])('the stop signal %s is what process 1 gets', async (stopSignal, trap, told) => {
  const sandboxId = await bench.sandbox();
  const { metadata } = await service().podSandboxStatus(sandboxId);
  const script = `trap 'exit 9' ${trap}; while true; do sleep 1; done`;
  const config = containerConfig('stopped', ['sh', '-c', script], { stopSignal });
  const id = await bench.settle(service().createContainer(sandboxId, config, sandboxConfig(metadata.name)));
  await bench.settle(service().startContainer(id));
  await bench.pass(1500);
  bench.events.length = 0;
  await bench.settle(service().stopContainer(id, 30));
  expect(await service().containerStatus(id)).toMatchObject({ exitCode: 9 });
  expect(bench.events).toContainEqual(expect.objectContaining({ type: 'containerSignalled', signal: told }));
});
