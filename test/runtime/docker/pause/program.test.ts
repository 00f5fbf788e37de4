/** The pause program: run for real where this machine can, and on a machine of the test where it cannot. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARM64 } from '../../../../src/runtime/docker/pause/arm64.ts';
import { pauseProgram } from '../../../../src/runtime/docker/pause/elf.ts';
import { X86_64 } from '../../../../src/runtime/docker/pause/x86-64.ts';
import { runArm64 } from './arm64-machine.ts';

const SIGCHLD = 17;

describe('for arm64', () => {
  const file = pauseProgram(ARM64);
  const CALL = { sigprocmask: 135, sigtimedwait: 137, wait4: 260, exitGroup: 94 };

  /** Each wait is answered with the next of `waits`, each wait4 with the next of `children`. */
  function run(waits: number[], children: number[] = []) {
    return runArm64(file, ({ number }) => {
      if (number === CALL.sigtimedwait) return waits.shift();
      if (number === CALL.wait4) return children.shift();
      return number === CALL.exitGroup ? undefined : 0;
    });
  }
  const names = (calls: ReturnType<typeof run>) =>
    calls.map(({ number }) => Object.entries(CALL).find(([, one]) => one === number)?.[0]);

  it('is a file of one segment that can be read and run, for this processor', () => {
    const view = new DataView(file.buffer);
    expect(Buffer.from(file.subarray(0, 7)).toString('latin1')).toBe('\x7fELF\x02\x01\x01');
    expect([16, 18, 54, 56].map((at) => view.getUint16(at, true))).toEqual([2, 183, 56, 1]);
    expect([64, 68].map((at) => view.getUint32(at, true))).toEqual([1, 5]);
    expect(view.getBigUint64(96, true)).toBe(BigInt(file.length));
  });

  it('blocks TERM, INT and CHLD before it waits for them', () => {
    const [block, wait] = run([15]);
    const set = block?.args[1] ?? 0;
    expect(block).toEqual({ number: CALL.sigprocmask, args: [0, set, 0, 8] });
    expect(wait).toEqual({ number: CALL.sigtimedwait, args: [set, 0, 0, 8] });
    const signals = new DataView(file.buffer).getBigUint64(set - 0x40_0000, true);
    expect(signals).toBe((1n << 14n) | (1n << 1n) | (1n << 16n));
  });

  it.each([
    ['TERM', 15],
    ['INT', 2],
  ])('ends with 0 on %s', (_, signal) => {
    const calls = run([signal]);
    expect(names(calls)).toEqual(['sigprocmask', 'sigtimedwait', 'exitGroup']);
    expect(calls.at(-1)?.args[0]).toBe(0);
  });

  it('reaps all children that have ended, and waits again', () => {
    const calls = run([SIGCHLD, 15], [7, 8, 0]);
    const reaping = ['sigtimedwait', 'wait4', 'wait4', 'wait4', 'sigtimedwait', 'exitGroup'];
    expect(names(calls)).toEqual(['sigprocmask', ...reaping]);
    expect(calls[2]?.args).toEqual([0xffff_ffff, 0, 1, 0]);
    expect(names(run([SIGCHLD, 15], [-10]))).toContain('exitGroup');
  });

  it('waits again when it was disturbed', () => {
    expect(names(run([-4, -4, 15]))).toEqual([
      'sigprocmask',
      'sigtimedwait',
      'sigtimedwait',
      'sigtimedwait',
      'exitGroup',
    ]);
  });
});

const CANNOT_RUN =
  process.platform === 'linux' && process.arch === 'x64' ? undefined : 'needs Linux on x86-64';

describe.skipIf(CANNOT_RUN)(`for x86-64${CANNOT_RUN === undefined ? '' : `: ${CANNOT_RUN}`}`, () => {
  let directory = '';
  let program = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'podstep-pause-'));
    program = join(directory, 'pause');
    writeFileSync(program, pauseProgram(X86_64), { mode: 0o755 });
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const status = (pid: number) => readFileSync(`/proc/${pid}/status`, 'utf8');
  async function until(holds: () => boolean): Promise<void> {
    const giveUpAt = performance.now() + 10_000;
    while (!holds()) {
      if (performance.now() > giveUpAt) throw new Error('did not happen within ten seconds');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  /** It sleeps nowhere else. */
  const isWaiting = (pid: number) =>
    readlinkSync(`/proc/${pid}/exe`) === program && /^State:\tS/m.test(status(pid));

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s', async (signal) => {
    const child = spawn(program);
    await until(() => isWaiting(child.pid ?? 0));
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('reaps children that come to it, and lives on', async () => {
    // The shell starts a child and becomes the program, which did not start it and has to reap it.
    const child = spawn('sh', ['-c', `sleep 0.2 & exec ${program}`]);
    const pid = child.pid ?? 0;
    await until(() => isWaiting(pid));
    const children = () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    expect(children()).not.toBe('');
    await until(() => children() === '');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
