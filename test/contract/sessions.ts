/** The contract on sessions: exec, attach and port-forward with their streams. */
import { expect, test } from 'vitest';
import type { StreamSession } from '../../src/runtime/sessions.ts';
import { type Bench, containerConfig, EXEC, PROGRAM, sandboxConfig } from './setup.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Reads a stream in the background; `text` is what has come so far. */
function reading(stream: AsyncIterable<Uint8Array>) {
  const heard = { text: '', ended: false };
  const decoder = new TextDecoder();
  const read = async () => {
    for await (const chunk of stream) heard.text += decoder.decode(chunk, { stream: true });
    heard.ended = true;
  };
  read().catch(() => {});
  return heard;
}

const streamsOf = ({ stdout, stderr }: StreamSession) => ({ out: reading(stdout), err: reading(stderr) });

export function sessionContract(bench: () => Bench): void {
  const service = () => bench().runtime.runtimeService;
  const settle = <T>(call: Promise<T>) => bench().settle(call);
  const exec = (id: string, command: readonly string[], more: { tty?: boolean; stdin?: boolean } = {}) =>
    settle(service().exec(id, { command, tty: false, stdin: false, ...more }));
  const attach = (id: string, stdin = false) => settle(service().attach(id, { stdin }));
  const reader = async (more: { stdin?: boolean; stdinOnce?: boolean }) => {
    const sandboxId = await bench().sandbox();
    const { metadata } = await service().podSandboxStatus(sandboxId);
    const config = containerConfig('reader', PROGRAM.copies, more);
    const id = await settle(service().createContainer(sandboxId, config, sandboxConfig(metadata.name)));
    await settle(service().startContainer(id));
    return id;
  };
  const until = (holds: () => boolean, what: string) => bench().until(holds, what);

  test('an exec gives its streams apart, and its exit code', async () => {
    const { id } = await bench().running('app', PROGRAM.sleeps30);
    const session = await exec(id, EXEC.exits4);
    const { out, err } = streamsOf(session);
    expect(await settle(session.ended)).toEqual({ type: 'exited', exitCode: 4 });
    await until(() => out.ended && err.ended, 'the streams end');
    expect([out.text, err.text]).toEqual(['', 'oops\n']);
    expect(session.stdin).toBeNull();
  });

  test('an exec reads what it is sent, to the end', async () => {
    const { id } = await bench().running('app', PROGRAM.sleeps30);
    const session = await exec(id, EXEC.copies, { stdin: true });
    const { out } = streamsOf(session);
    expect(await settle(session.stdin?.write(bytes('one\n')) ?? Promise.resolve(false))).toBe(true);
    await until(() => out.text === 'one\n', 'the line comes back');
    await settle(session.stdin?.write(bytes('two\n')) ?? Promise.resolve(false));
    session.stdin?.end();
    expect(await settle(session.ended)).toEqual({ type: 'exited', exitCode: 0 });
    await until(() => out.text === 'one\ntwo\n', 'the rest comes back');
    expect(await settle(session.stdin?.write(bytes('late')) ?? Promise.resolve(true))).toBe(false);
  });

  test('a session needs a container that runs, and a command that the image has', async () => {
    const { id } = await bench().running('app', PROGRAM.exits3);
    await bench().exited(id);
    const gone = { code: 'FailedPrecondition', message: 'container is in CONTAINER_EXITED state' };
    await expect(exec(id, EXEC.echoes)).rejects.toMatchObject(gone);
    await expect(attach(id)).rejects.toMatchObject(gone);
    await expect(attach('nobody')).rejects.toMatchObject({ code: 'NotFound' });
    const other = await bench().running('app', PROGRAM.sleeps30);
    await expect(exec(other.id, PROGRAM.missing)).rejects.toThrow(/no such file|not found/i);
  });

  test('all who are attached read what is written from then on; who leaves does not disturb', async () => {
    const { id } = await bench().running('app', PROGRAM.ticks);
    const [first, second] = [await attach(id), await attach(id)];
    const [one, two] = [streamsOf(first).out, streamsOf(second).out];
    await until(() => one.text.includes('tick\n') && two.text.includes('tick\n'), 'both hear a tick');
    first.detach();
    expect(await settle(first.ended)).toEqual({ type: 'detached' });
    const before = two.text.length;
    await until(() => two.text.length > before, 'the other hears more');
    expect(await service().containerStatus(id)).toMatchObject({ state: 'CONTAINER_RUNNING' });
    await settle(service().stopContainer(id, 0));
    expect(await settle(second.ended)).toEqual({ type: 'exited', exitCode: 137 });
  });

  test('attached input reaches process 1; its end ends only the session', async () => {
    const id = await reader({ stdin: true });
    const first = await attach(id, true);
    const { out } = streamsOf(first);
    await settle(first.stdin?.write(bytes('hello\n')) ?? Promise.resolve(false));
    await until(() => out.text === 'hello\n', 'the line comes back');
    first.stdin?.end();
    expect(await settle(first.ended)).toEqual({ type: 'detached' });
    const second = await attach(id, true);
    const again = streamsOf(second).out;
    await settle(second.stdin?.write(bytes('again\n')) ?? Promise.resolve(false));
    await until(() => again.text === 'again\n', 'the container still reads');
    expect((await service().containerLog(id)).map(({ text }) => text)).toEqual(['hello', 'again']);
  });

  test('with stdinOnce the end of the first attached input is the end of all input', async () => {
    const id = await reader({ stdin: true, stdinOnce: true });
    const session = await attach(id, true);
    await settle(session.stdin?.write(bytes('last\n')) ?? Promise.resolve(false));
    session.stdin?.end();
    expect(await settle(session.ended)).toEqual({ type: 'exited', exitCode: 0 });
    expect(await bench().exited(id)).toMatchObject({ exitCode: 0 });
  });

  test('a container without stdin has no input to attach to', async () => {
    const { id } = await bench().running('app', PROGRAM.sleeps30);
    expect((await attach(id, true)).stdin).toBeNull();
  });

  test('a forwarded port is a connection to the pod’s own localhost', async () => {
    const { sandboxId } = await bench().running('web', PROGRAM.serves);
    await bench().pass(bench().virtual ? 0 : 1000);
    const session = await settle(service().portForward(sandboxId, 8080));
    const heard = reading(session.input);
    await settle(session.output.write(bytes('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')));
    await until(() => heard.ended, 'the answer ends');
    expect(heard.text).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\nhello\n$/s);
    expect(await settle(session.ended)).toEqual({ type: 'detached' });
  });

  test('a port on which nothing listens cannot be forwarded', async () => {
    const { sandboxId } = await bench().running('app', PROGRAM.sleeps30);
    await expect(settle(service().portForward(sandboxId, 81))).rejects.toMatchObject({
      code: 'Unknown',
      message: expect.stringMatching(
        /failed to connect to localhost:81 inside namespace.*connection refused/,
      ),
    });
    await expect(settle(service().portForward('nobody', 81))).rejects.toMatchObject({ code: 'NotFound' });
  });
}
