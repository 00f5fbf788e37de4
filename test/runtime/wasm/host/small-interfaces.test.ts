/** `wasi:clocks`, `wasi:random` and `wasi:cli`. */
import { beforeEach, describe, expect, test } from 'vitest';
import { BytePipe } from '../../../../src/runtime/wasm/host/bytes.ts';
import type { Pollable } from '../../../../src/runtime/wasm/host/poll.ts';
import { ProcessEnded } from '../../../../src/runtime/wasm/host/result.ts';
import { EPOCH_MS, FakeProcess, processOn } from './fake-process.ts';

let process: FakeProcess;
beforeEach(() => {
  ({ process } = processOn('memory'));
});

/** Calls a function of an interface as a guest would. */
function call<Result>(interfaceName: string, name: string, ...values: readonly unknown[]): Result {
  const functions = process.imports()[interfaceName] ?? {};
  return (functions[name] as (...values: readonly unknown[]) => Result)(...values);
}

describe('clocks', () => {
  const clock = 'wasi:clocks/monotonic-clock';

  test('the monotonic clock and the wall clock are the process’s, not the machine’s', () => {
    process.passMs(1500);
    expect(call(clock, 'now')).toBe(1_500_000_000n);
    expect(call(clock, 'resolution')).toBe(1n);
    expect(call('wasi:clocks/wall-clock', 'now')).toEqual({
      seconds: BigInt(EPOCH_MS / 1000 + 1),
      nanoseconds: 500_000_000,
    });
    expect(call('wasi:clocks/wall-clock', 'resolution')).toEqual({ seconds: 0n, nanoseconds: 1_000_000 });
  });

  test('subscribe-instant: ready from that instant on, at once when it has passed', async () => {
    const later = call<Pollable>(clock, 'subscribeInstant', 5_000_000n);
    expect(later.ready()).toBe(false);
    await later.block();
    expect(process.nowNs).toBe(5_000_000n);
    expect(call<Pollable>(clock, 'subscribeInstant', 4_000_000n).ready()).toBe(true);
  });

  test('subscribe-duration: counted from now; none is ready at once, the longest never', async () => {
    process.passMs(10);
    const soon = call<Pollable>(clock, 'subscribeDuration', 2_000_000n);
    await soon.block();
    expect(process.nowNs).toBe(12_000_000n);
    expect(call<Pollable>(clock, 'subscribeDuration', 0n).ready()).toBe(true);
    const never = call<Pollable>(clock, 'subscribeDuration', (1n << 64n) - 1n);
    process.passMs(10 * 365 * 86_400_000);
    expect(never.ready()).toBe(false);
  });
});

describe('random', () => {
  test.each([
    ['wasi:random/random', 'getRandomBytes', 'getRandomU64'],
    ['wasi:random/insecure', 'getInsecureRandomBytes', 'getInsecureRandomU64'],
  ])('%s', (name, bytes, number) => {
    expect(call(name, bytes, 0n)).toEqual(new Uint8Array());
    expect(call(name, bytes, 100_000n)).toHaveLength(100_000);
    expect(call(name, bytes, 16n)).not.toEqual(call(name, bytes, 16n));
    expect(call(name, number)).not.toBe(call(name, number));
    expect(() => call(name, bytes, 1n << 40n)).toThrow('too many random bytes');
  });

  test('insecure-seed is two numbers', () => {
    const [first, second] = call<[bigint, bigint]>('wasi:random/insecure-seed', 'insecureSeed');
    expect(first).not.toBe(second);
  });

  test('the same seed gives the same bytes', () => {
    const once = call('wasi:random/random', 'getRandomBytes', 32n);
    ({ process } = processOn('memory'));
    expect(call('wasi:random/random', 'getRandomBytes', 32n)).toEqual(once);
  });
});

describe('cli', () => {
  test('environment, arguments and directory are the container’s', () => {
    const name = 'wasi:cli/environment';
    expect(call(name, 'getEnvironment')).toEqual([['KEY', 'value']]);
    expect(call(name, 'getArguments')).toEqual(['program', 'one']);
    expect(call(name, 'initialCwd')).toBe('/srv');
  });

  test.each([
    ['exit', { tag: 'ok' }, 0],
    ['exit', { tag: 'err' }, 1],
    ['exitWithCode', 0, 0],
    ['exitWithCode', 42, 42],
    ['exitWithCode', 255, 255],
  ])('%s(%j) ends the process with %i', (name, argument, exitCode) => {
    expect(() => call('wasi:cli/exit', name, argument)).toThrow(ProcessEnded);
    expect(process.outcome).toMatchObject({ exitCode });
  });

  const terminals = () => [
    call('wasi:cli/terminal-stdin', 'getTerminalStdin') !== undefined,
    call('wasi:cli/terminal-stdout', 'getTerminalStdout') !== undefined,
    call('wasi:cli/terminal-stderr', 'getTerminalStderr') !== undefined,
  ];

  test('a stream that is a terminal says so, each for itself', () => {
    const terminal = () => Object.assign(new BytePipe(), { isTerminal: true });
    expect(terminals()).toEqual([false, false, false]);
    process = new FakeProcess(process.root, { stdin: terminal(), stderr: terminal() });
    expect(terminals()).toEqual([true, false, true]);
    process = new FakeProcess(process.root, { stdin: terminal(), stdout: terminal(), stderr: terminal() });
    expect(terminals()).toEqual([true, true, true]);
  });
});
