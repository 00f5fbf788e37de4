import { expect, test } from 'vitest';
import { BytePipe, CaptureSink, PIPE_BYTES } from '../../../../src/runtime/wasm/host/bytes.ts';

test('a pipe takes 64 KiB and then nothing until somebody reads', () => {
  const pipe = new BytePipe();
  pipe.write(new Uint8Array(PIPE_BYTES - 1));
  expect(pipe.capacity()).toBe(1);
  pipe.write(new Uint8Array(1));
  expect(pipe.capacity()).toBe(0);
  pipe.read(100);
  expect(pipe.capacity()).toBe(100);
});

test('single bytes come together, in their order', () => {
  const pipe = new BytePipe();
  for (let value = 0; value < 10_000; value++) pipe.write(Uint8Array.of(value % 251));
  const read: number[] = [];
  let pieces = 0;
  for (let piece = pipe.read(PIPE_BYTES); piece?.length; piece = pipe.read(PIPE_BYTES)) {
    read.push(...piece);
    pieces++;
  }
  expect(read).toEqual(Array.from({ length: 10_000 }, (_, value) => value % 251));
  expect(pieces).toBe(3);
});

test('captured output is kept up to its bound, and byte by byte takes no more than at once', () => {
  const capture = new CaptureSink(100_000);
  const before = process.memoryUsage();
  const one = Buffer.from('x');
  for (let count = 0; count < 200_000; count++) capture.write(one);
  const after = process.memoryUsage();
  expect(capture.text()).toBe('x'.repeat(100_000));
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(1 << 20);
  const pieces = new CaptureSink(40_000);
  for (const length of [1, 16_383, 1, 20_000, 9_999]) pieces.write(Buffer.alloc(length, `${length % 7}`));
  expect(pieces.text()).toBe(`1${'3'.repeat(16_383)}1${'1'.repeat(20_000)}${'3'.repeat(3_615)}`);
});
