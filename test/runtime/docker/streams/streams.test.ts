import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EngineClient } from '../../../../src/runtime/docker/engine/client.ts';
import { dockerStreams } from '../../../../src/runtime/docker/streams/docker-streams.ts';
import { BarePods } from '../bare-pods.ts';
import { connect, describeDocker, until } from '../engine-here.ts';

const OWNER = `podstep-streams-${process.pid}`;

describeDocker('talking with programs on a real Engine', () => {
  let engine: EngineClient;
  let pods: BarePods;
  let id: string;
  beforeAll(async () => {
    engine = await connect();
    pods = await BarePods.open(engine, OWNER, '/nowhere');
    id = await pods.container(await pods.sandbox('uid'), 'app', ['sleep', '600']);
  }, 60_000);
  afterAll(() => pods.close(), 60_000);
  const streams = () => dockerStreams(engine, pods);
  const sh = (text: string) => ['sh', '-c', text];

  test('a command gives both outputs apart, and its exit code', async () => {
    const result = await streams().execSync(id, sh('echo out; echo err >&2; exit 4'), 30);
    expect(result).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 4 });
  }, 60_000);

  test('a command whose time is over does not go on', async () => {
    const late = streams().execSync(id, ['sleep', '4321'], 1);
    await expect(late).rejects.toMatchObject({
      code: 'DeadlineExceeded',
      message: 'failed to exec in container: timeout 1s exceeded: context deadline exceeded',
    });
    await until('the process is gone', async () => {
      const top = await engine.call<{ Processes: string[][] }>('GET', `/containers/${id}/top`);
      return !top.Processes.flat().some((text) => text.includes('4321'));
    });
    expect((await pods.containerStatus(id)).state).toBe('CONTAINER_RUNNING');
  }, 60_000);

  test('output beyond 16 MiB is dropped, and the command still ends', async () => {
    const { stdout } = await streams().execSync(id, ['head', '-c', '20000000', '/dev/zero'], 60);
    expect(stdout.length).toBe(16 << 20);
  }, 90_000);

  test('a program that is not there is told in the words of runc, to either call', async () => {
    await expect(streams().execSync(id, ['/no/such'], 30)).rejects.toThrow(/no such file/);
    const session = streams().exec(id, { command: ['/no/such'], tty: false, stdin: false });
    await expect(session).rejects.toThrow(/no such file/);
  }, 60_000);

  test('a program that itself ends with 126 or 127 has an exit code', async () => {
    expect(await streams().execSync(id, sh('exit 127'), 30)).toMatchObject({ exitCode: 127 });
  }, 60_000);

  test('input comes back, and its end ends the command', async () => {
    const session = await streams().exec(id, { command: ['cat'], tty: false, stdin: true });
    expect(await session.stdin?.write(Buffer.from('one\n'))).toBe(true);
    session.stdin?.end();
    expect(await text(session.stdout)).toBe('one\n');
    expect(await session.ended).toEqual({ type: 'exited', exitCode: 0 });
  }, 60_000);

  test('more than fits in a window goes through whole', async () => {
    const session = await streams().exec(id, { command: ['cat'], tty: false, stdin: true });
    const sent = readFileSync('/bin/busybox').toString('base64');
    const heard = text(session.stdout);
    await session.stdin?.write(Buffer.from(sent));
    session.stdin?.end();
    expect(await heard).toBe(sent);
  }, 60_000);

  test('a terminal has the size that it is given', async () => {
    const command = sh('read line; tty=$(/bin/busybox stty size); echo "size $tty"');
    const session = await streams().exec(id, { command, tty: true, stdin: true });
    session.resize({ width: 97, height: 31 });
    // The resize is a call of its own: what is typed must come after it.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await session.stdin?.write(Buffer.from('\n'));
    expect(await text(session.stdout)).toContain('size 31 97');
  }, 60_000);

  test('who is attached hears the program, and how it ends', async () => {
    const sandbox = await pods.sandbox('ticks');
    const ticks = await pods.container(sandbox, 'ticks', sh('while true; do echo tick; sleep 0.1; done'));
    const [first, second] = [
      await streams().attach(ticks, { stdin: true }),
      await streams().attach(ticks, { stdin: false }),
    ];
    expect(first.stdin).toBeNull();
    first.detach();
    expect(await first.ended).toEqual({ type: 'detached' });
    const heard = text(second.stdout);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await pods.kill(ticks);
    expect(await heard).toMatch(/^(tick\n)+$/);
    expect(await second.ended).toEqual({ type: 'exited', exitCode: 137 });
  }, 60_000);
});

async function text(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString('utf8');
}
