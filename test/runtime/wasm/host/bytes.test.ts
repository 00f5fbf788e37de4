import { expect, test } from 'vitest';
import { BytePipe, PIPE_BYTES } from '../../../../src/runtime/wasm/host/bytes.ts';

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
