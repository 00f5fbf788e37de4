import { expect, test } from 'vitest';
import type { ByteSink } from '../../../../src/runtime/wasm/host/bytes.ts';
import { Terminal } from '../../../../src/runtime/wasm/process/terminal.ts';
import { WaitQueue } from '../../../../src/runtime/wasm/scheduler/wait-queue.ts';

const RAW = { canonical: false, echo: false, signals: false, translate: false };

function terminal() {
  const decoder = new TextDecoder();
  const seen = { screen: '', signals: [] as number[] };
  const screen: ByteSink = {
    capacity: () => 65_536,
    write: (bytes) => {
      seen.screen += decoder.decode(bytes, { stream: true });
    },
    writable: new WaitQueue(),
    retain: () => {},
    release: () => {},
  };
  const tty = new Terminal(screen);
  tty.signal = (number) => seen.signals.push(number);
  const type = (text: string) => tty.input.write(Buffer.from(text));
  const read = (length = 100) => {
    const bytes = tty.read(length);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
  };
  return { tty, seen, type, read };
}

test('a line is read once its newline was typed, and is echoed as it is typed', () => {
  const { tty, seen, type, read } = terminal();
  type('ls');
  expect(tty.isReadable()).toBe(false);
  expect(read()).toBe('');
  type(' -l\r');
  expect(read()).toBe('ls -l\n');
  expect(seen.screen).toBe('ls -l\r\n');
});

test('a read gets one line at most, and the rest of a longer one next time', () => {
  const { type, read } = terminal();
  type('one\ntwo\n');
  expect([read(2), read(), read(), read()]).toEqual(['on', 'e\n', 'two\n', '']);
});

test.each([
  ['a character, all its bytes', 'né\x7fo\n', 'no\n', 'né\b \bo\r\n'],
  ['nothing where there is nothing', '\x7f\x7fx\n', 'x\n', 'x\r\n'],
  ['a word', 'rm  all\x17x\n', 'rm  x\n', `rm  all${'\b \b'.repeat(3)}x\r\n`],
  ['the line', 'abc\x15d\n', 'd\n', `abc${'\b \b'.repeat(3)}d\r\n`],
])('erasing takes %s', (_, typed, line, screen) => {
  const { seen, type, read } = terminal();
  type(typed);
  expect(read()).toBe(line);
  expect(seen.screen).toBe(screen);
});

test('^D gives what was typed, and on an empty line the end, once', () => {
  const { tty, type, read } = terminal();
  type('half\x04');
  expect(read()).toBe('half');
  type('\x04');
  expect(tty.isReadable()).toBe(true);
  expect(read()).toBeUndefined();
  expect(read()).toBe('');
});

test('^C, ^\\ and ^Z are signals, and what was typed is dropped', () => {
  const { seen, type, read } = terminal();
  type('abc\x03d\n\x1c\x1a');
  expect(seen.signals).toEqual([2, 3, 20]);
  expect(seen.screen).toBe('abc^Cd\r\n^\\^Z');
  expect(read()).toBe('');
});

test('raw, every key comes as it is and nothing is echoed', () => {
  const { tty, seen, type, read } = terminal();
  tty.setMode(RAW);
  type('a\x03\x7f\r');
  expect(read()).toBe('a\x03\x7f\r');
  tty.standard.stdout.write(Buffer.from('x\ny'));
  expect(seen).toEqual({ screen: 'x\ny', signals: [] });
});

test('what a program writes gets its carriage returns', () => {
  const { tty, seen } = terminal();
  tty.standard.stdout.write(Buffer.from('one\ntwo\n'));
  expect(seen.screen).toBe('one\r\ntwo\r\n');
});

test('a new size is told by SIGWINCH, the same size is not', () => {
  const { tty, seen } = terminal();
  tty.resize({ width: 80, height: 24 });
  tty.resize({ width: 80, height: 24 });
  expect(seen.signals).toEqual([28]);
});

test('a line that is too long keeps its newline; what nobody reads has a bound', () => {
  const { tty, type, read } = terminal();
  type(`${'x'.repeat(5000)}\n`);
  expect(read(10_000)).toBe(`${'x'.repeat(4095)}\n`);
  for (let lines = 0; lines < 20; lines++) type(`${'y'.repeat(4000)}\n`);
  expect(tty.input.capacity()).toBe(0);
});

test('after a hang-up what was typed is read, then comes the end, for good', () => {
  const { tty, type, read } = terminal();
  type('last\n');
  tty.hangUp();
  expect([read(), read(), read()]).toEqual(['last\n', undefined, undefined]);
  expect(tty.input.capacity()).toBeUndefined();
});

test('ends that are typed without end take their place like everything else', () => {
  const { tty, type, read } = terminal();
  for (let typed = 0; (tty.input.capacity() ?? 0) > 0; typed += 4_096) {
    expect(typed).toBeLessThanOrEqual(65_536);
    type('\x04'.repeat(4_096));
  }
  for (let count = 0; count < 65_536; count++) expect(read()).toBeUndefined();
  expect(read()).toBe('');
  expect(tty.input.capacity()).toBe(65_536);
});
