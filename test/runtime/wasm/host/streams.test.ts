/** `wasi:io`: streams with back-pressure, and polling. */
import { beforeEach, describe, expect, test } from 'vitest';
import { BytePipe, PIPE_BYTES, PipeReader } from '../../../../src/runtime/wasm/host/bytes.ts';
import { Pollable, pollImports } from '../../../../src/runtime/wasm/host/poll.ts';
import { InputStream, OutputStream } from '../../../../src/runtime/wasm/host/streams.ts';
import { type FakeProcess, processOn } from './fake-process.ts';

let process: FakeProcess;
beforeEach(() => {
  ({ process } = processOn('memory'));
});

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (content: Uint8Array) => new TextDecoder().decode(content);
const closed = expect.objectContaining({ payload: { tag: 'closed' } });
const thrown = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};
function pipe(): { input: InputStream; output: OutputStream } {
  const bytes = new BytePipe();
  const input = new InputStream(process.asProcess, new PipeReader(bytes));
  return { input, output: new OutputStream(process.asProcess, bytes) };
}
const dispose = (one: { [Symbol.dispose](): void }) => one[Symbol.dispose]();

describe('an input stream', () => {
  test('reads what is there, nothing while it is empty, and ends when the writers are gone', () => {
    const { input, output } = pipe();
    expect(input.read(5n)).toHaveLength(0);
    output.write(bytes('hello'));
    expect(input.read(0n)).toHaveLength(0);
    expect(text(input.read(2n))).toBe('he');
    expect(input.skip(2n)).toBe(2n);
    dispose(output);
    expect(text(input.read((1n << 64n) - 1n))).toBe('o');
    expect(thrown(() => input.read(1n))).toEqual(closed);
    expect(thrown(() => input.skip(1n))).toEqual(closed);
  });

  test('a blocking read waits for the first bytes, or for the end', async () => {
    const { input, output } = pipe();
    const reading = input.blockingRead(10n);
    output.write(bytes('ab'));
    expect(text(await reading)).toBe('ab');
    const skipping = input.blockingSkip(10n);
    dispose(output);
    await expect(skipping).rejects.toEqual(closed);
  });

  test('its pollable is ready when there is something to read, the end too', () => {
    const { input, output } = pipe();
    const pollable = input.subscribe();
    expect(pollable.ready()).toBe(false);
    output.write(bytes('x'));
    expect(pollable.ready()).toBe(true);
    input.read(1n);
    expect(pollable.ready()).toBe(false);
    dispose(output);
    expect(pollable.ready()).toBe(true);
  });
});

describe('an output stream', () => {
  test('check-write tells the room, which reading makes', () => {
    const { input, output } = pipe();
    expect(output.checkWrite()).toBe(BigInt(PIPE_BYTES));
    output.write(new Uint8Array(PIPE_BYTES - 1));
    expect(output.checkWrite()).toBe(1n);
    output.write(bytes('x'));
    expect(output.checkWrite()).toBe(0n);
    expect(output.subscribe().ready()).toBe(false);
    expect(() => output.write(bytes('x'))).toThrow('beyond what check-write allowed');
    expect(() => output.writeZeroes(1n)).toThrow('beyond what check-write allowed');
    while (input.subscribe().ready()) input.read(BigInt(PIPE_BYTES));
    expect(output.checkWrite()).toBe(BigInt(PIPE_BYTES));
    expect(output.subscribe().ready()).toBe(true);
  });

  test('a blocking write of more than the pipe holds goes on as it is read', async () => {
    const { input, output } = pipe();
    const total = 3 * PIPE_BYTES + 7;
    const writing = output.blockingWriteAndFlush(new Uint8Array(total).fill(7));
    let read = 0;
    while (read < total) read += (await input.blockingRead(10_000n)).length;
    await writing;
    expect(read).toBe(total);
  });

  test('zeroes: as many as asked for, however many', async () => {
    const { input, output } = pipe();
    output.writeZeroes(3n);
    expect([...input.read(10n)]).toEqual([0, 0, 0]);
    const total = 2 * PIPE_BYTES + 5;
    const writing = output.blockingWriteZeroesAndFlush(BigInt(total));
    let read = 0;
    while (read < total) read += (await input.blockingRead(BigInt(PIPE_BYTES))).length;
    await writing;
    expect(read).toBe(total);
    await output.blockingFlush();
  });

  test('is closed when nobody will read it', async () => {
    const { input, output } = pipe();
    const waiting = output.subscribe();
    output.write(new Uint8Array(PIPE_BYTES));
    dispose(input);
    expect(waiting.ready()).toBe(true);
    expect(thrown(() => output.checkWrite())).toEqual(closed);
    expect(thrown(() => output.write(bytes('x')))).toEqual(closed);
    expect(thrown(() => output.flush())).toEqual(closed);
    await expect(output.blockingWriteAndFlush(bytes('x'))).rejects.toEqual(closed);
  });

  test('splice moves what is there and fits; a blocking one waits for both ends', async () => {
    const from = pipe();
    const to = pipe();
    expect(to.output.splice(from.input, 10n)).toBe(0n);
    from.output.write(bytes('spliced'));
    expect(to.output.splice(from.input, 3n)).toBe(3n);
    expect(await to.output.blockingSplice(from.input, 100n)).toBe(4n);
    expect(text(to.input.read(3n)) + text(to.input.read(100n))).toBe('spliced');
    to.output.write(new Uint8Array(PIPE_BYTES));
    from.output.write(bytes('more'));
    expect(to.output.splice(from.input, 10n)).toBe(0n);
    const waiting = to.output.blockingSplice(from.input, 10n);
    to.input.read(2n);
    expect(await waiting).toBe(2n);
    expect(text(from.input.read(10n))).toBe('re');
    dispose(from.output);
    to.input.read(BigInt(PIPE_BYTES));
    expect(thrown(() => to.output.splice(from.input, 1n))).toEqual(closed);
  });

  test('a file’s error comes as last-operation-failed with its code', () => {
    const file = process.open().openAt({}, 'big', { create: true }, { write: true });
    const stream = file.writeViaStream(0n);
    const piece = new Uint8Array(PIPE_BYTES);
    const failure = thrown(() => {
      for (;;) stream.write(piece);
    });
    expect(failure).toMatchObject({
      payload: { tag: 'last-operation-failed', val: { code: 'insufficient-space' } },
    });
    const { val } = (failure as { payload: { val: { toDebugString(): string } } }).payload;
    expect(val.toDebugString()).toBe('insufficient-space');
    const codeOf = process.imports()['wasi:filesystem/types']?.filesystemErrorCode as (
      error: unknown,
    ) => string;
    expect(codeOf(val)).toBe('insufficient-space');
  });
});

describe('poll', () => {
  const poll = (pollables: readonly Pollable[]) => pollImports(process.asProcess).poll(pollables);
  const never = () => new Pollable(process.asProcess, { isReady: () => false });
  const inMs = (ms: number) => {
    const deadlineNs = process.nowNs + BigInt(ms) * 1_000_000n;
    return new Pollable(process.asProcess, { isReady: () => process.nowNs >= deadlineNs, deadlineNs });
  };

  test('all that are ready are told, each place of a pollable that is there twice', async () => {
    const { input, output } = pipe();
    output.write(bytes('x'));
    const ready = input.subscribe();
    expect([...(await poll([never(), ready, inMs(10), ready, output.subscribe()]))]).toEqual([1, 3, 4]);
  });

  test('waits for the earliest deadline', async () => {
    const first = inMs(5);
    expect([...(await poll([inMs(60), first, inMs(7), first]))]).toEqual([1, 3]);
    expect(process.nowNs).toBe(5_000_000n);
  });

  test('a thousand pollables, one of which becomes ready', async () => {
    const { input, output } = pipe();
    const waiting = poll([...Array.from({ length: 1000 }, never), input.subscribe()]);
    output.write(bytes('x'));
    expect([...(await waiting)]).toEqual([1000]);
  });

  test('an empty list ends the process as a trap does', async () => {
    expect([...(await poll([]))]).toEqual([]);
    expect(process.outcome).toMatchObject({ exitCode: 134, message: 'poll with an empty list' });
  });

  test('block waits for one', async () => {
    const pollable = inMs(3);
    expect(pollable.ready()).toBe(false);
    await pollable.block();
    expect(pollable.ready()).toBe(true);
  });
});
