import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LogMessage, LogSplitter } from '../../../../src/runtime/docker/logs/log-splitter.ts';

const T0 = Date.UTC(2026, 10, 24, 0, 15, 7);
const stamp = (ms: number) => `2026-11-24T00:15:07.${String(ms).padStart(3, '0')}161234Z `;

function split(log: string, cuts: readonly number[] = []): readonly LogMessage[] {
  const splitter = new LogSplitter();
  const bytes = Buffer.from(log);
  const messages: LogMessage[] = [];
  let from = 0;
  for (const cut of [...cuts.map((one) => one % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    messages.push(...splitter.push(bytes.subarray(from, cut)));
    from = cut;
  }
  return [...messages, ...splitter.end()];
}

describe("the Engine's log of one stream", () => {
  it('is cut into messages with their times', () => {
    expect(split(`${stamp(219)}one\n${stamp(220)}\n${stamp(221)}a b\r\n`)).toEqual([
      { atMs: T0 + 219, text: 'one', partial: false },
      { atMs: T0 + 220, text: '', partial: false },
      { atMs: T0 + 221, text: 'a b\r', partial: false },
    ]);
  });

  it('has the parts of a long line one by one, as the Engine cuts them', () => {
    const long = 'x'.repeat(16_384);
    const log = `${stamp(1)}${long}${stamp(1)}${long}${stamp(1)}rest\n${stamp(2)}next\n`;
    expect(split(log).map(({ text, partial }) => [text.length, partial])).toEqual([
      [16_384, true],
      [16_384, true],
      [4, false],
      [4, false],
    ]);
  });

  it('is cut the same way however it arrives', () => {
    const log = `${stamp(1)}你好\n${stamp(2)}${'y'.repeat(16_384)}${stamp(2)}z\n${stamp(3)}end\n`;
    const whole = split(log);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 20 }), (cuts) => {
        expect(split(log, cuts)).toEqual(whole);
      }),
    );
  });

  it('keeps what has no newline at the end of the log', () => {
    expect(split(`${stamp(7)}last words`)).toEqual([{ atMs: T0 + 7, text: 'last words', partial: false }]);
  });

  it('is refused when it is something else', () => {
    expect(() => split('x'.repeat(100))).toThrow(SyntaxError);
    expect(() => split('today hello\n')).toThrow(SyntaxError);
  });
});
