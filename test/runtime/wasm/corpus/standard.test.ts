/** Preview 1 programs at the other end of an exec: input, output, back-pressure's waiting, terminals. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { present } from '../../../../src/lib/assert.ts';
import type { StreamSession } from '../../../../src/runtime/sessions.ts';
import { GuestRuntime } from '../guest-runtime.ts';
import { imagesOf, programImage } from '../program-image.ts';

let guests: GuestRuntime;
let id: string;
beforeAll(async () => {
  const program = readFileSync(join(import.meta.dirname, 'programs/standard.wasm'));
  const images = imagesOf(await programImage('guest:1', { '/bin/standard': program }));
  guests = await GuestRuntime.open('virtual', 1, { images });
  id = await guests.start([], { command: ['standard', 'sleep'] });
});
afterAll(() => guests.close());

const open = (tty: boolean, stdin: boolean) =>
  guests.settle(guests.service.exec(id, { command: ['standard'], tty, stdin }));

function gather(stream: AsyncIterable<Uint8Array>): { text: string } {
  const found = { text: '' };
  const read = async () => {
    for await (const bytes of stream) found.text += Buffer.from(bytes).toString('utf8');
  };
  read().catch(() => {});
  return found;
}

const type = (session: StreamSession, text: string) =>
  guests.settle(present(session.stdin, 'input').write(Buffer.from(text)));

test('lines go in and come out, the end of the input ends the program', async () => {
  const session = await open(false, true);
  const [out, err] = [gather(session.stdout), gather(present(session.stderr, 'errors'))];
  await guests.until(async () => out.text.includes('not yet 1\n'));
  await type(session, 'one\ntw');
  await guests.until(async () => out.text.includes('ONE\n'));
  expect(out.text).toBe('terminals 000\nnot yet 1\nready 1\nONE\n');
  await type(session, 'o\n');
  present(session.stdin, 'input').end();
  expect(await guests.settle(session.ended)).toEqual({ type: 'exited', exitCode: 4 });
  expect([out.text, err.text]).toEqual(['terminals 000\nnot yet 1\nready 1\nONE\nTWO\n', 'the end\n']);
});

test('without input it is at its end at once', async () => {
  const session = await open(false, false);
  const out = gather(session.stdout);
  expect(await guests.settle(session.ended)).toEqual({ type: 'exited', exitCode: 4 });
  expect(out.text).toBe('terminals 000\nready 1\n');
});

test('a poll of silent input comes back when its time is over', async () => {
  const session = await open(false, true);
  const out = gather(session.stdout);
  const begin = guests.now();
  await guests.until(async () => out.text.includes('ready'));
  expect(out.text).toBe('terminals 000\nnot yet 1\nready 0\n');
  expect(guests.now() - begin).toBeGreaterThanOrEqual(1990);
  session.detach();
});

test('a terminal is one for all three streams', async () => {
  const session = await open(true, true);
  const screen = gather(session.stdout);
  await guests.until(async () => screen.text.includes('not yet 1'));
  await type(session, 'typed\r');
  await guests.until(async () => screen.text.includes('TYPED'));
  await type(session, '\x04');
  expect(await guests.settle(session.ended)).toEqual({ type: 'exited', exitCode: 4 });
  expect(screen.text.replaceAll('\r', '')).toContain('terminals 111\n');
  expect(screen.text).toContain('the end');
});
