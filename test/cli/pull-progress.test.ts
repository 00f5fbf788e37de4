import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { longPhases, progressOn } from '../../src/cli/pull-progress.ts';
import type { PullProgress } from '../../src/runtime/port.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const at = (phase: PullProgress['phase'], doneBytes = 0, totalBytes = 2_000_000): PullProgress => ({
  image: 'app:1',
  phase,
  doneBytes,
  totalBytes,
});

function told() {
  const lines: string[] = [];
  const io = { err: (text: string) => void lines.push(text), language: 'en' as const };
  return { lines, io };
}

test('what is quick is not spoken of', () => {
  const { lines, io } = told();
  const { onProgress, end } = longPhases(io);
  for (const phase of ['resolving', 'downloading', 'verifying', 'transpiling'] as const) {
    onProgress(at(phase));
    vi.advanceTimersByTime(400);
  }
  end();
  vi.advanceTimersByTime(60_000);
  expect(lines).toEqual([]);
});

test('a phase that takes longer than half a second has a line, once', () => {
  const { lines, io } = told();
  const { onProgress } = longPhases(io);
  onProgress(at('resolving'));
  vi.advanceTimersByTime(9_000);
  for (const bytes of [1, 2, 3]) {
    onProgress(at('downloading', bytes));
    vi.advanceTimersByTime(600);
  }
  onProgress(at('transpiling'));
  vi.advanceTimersByTime(600);
  onProgress(at('done'));
  vi.advanceTimersByTime(600);
  expect(lines).toEqual([
    'app:1: waiting for its registry (at most 10 s for a connection, 20 s for an answer)\n',
    'app:1: downloading 2MB\n',
    'app:1: translating its programs for this machine, this once\n',
  ]);
});

test('on a terminal one line says it, also that a registry is waited for', () => {
  const { lines, io } = told();
  const { onProgress, end } = progressOn({ ...io, isTerminal: true });
  onProgress(at('resolving', 0, 0));
  vi.advanceTimersByTime(600);
  onProgress(at('downloading', 1_000_000));
  end();
  const shown = lines.join('').split('\r\u001b[K');
  expect(shown).toEqual([
    '',
    'app:1: looking it up',
    expect.stringContaining('waiting for its registry'),
    'app:1: downloading, 1MB of 2MB, [##########----------] 50%',
    '',
  ]);
});
