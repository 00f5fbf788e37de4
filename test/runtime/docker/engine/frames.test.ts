import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type StreamPiece, streamPieces } from '../../../../src/runtime/docker/engine/frames.ts';

function frame(stream: 'stdout' | 'stderr', text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream === 'stdout' ? 1 : 2;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

/** The bytes cut after every `size`. */
async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function told(pieces: AsyncIterable<StreamPiece>): Promise<Record<string, string>> {
  const texts: Record<string, string> = { stdout: '', stderr: '' };
  for await (const { stream, bytes } of pieces) texts[stream] += Buffer.from(bytes).toString('latin1');
  return texts;
}

test('two streams on one connection come apart, wherever the connection cuts them', async () => {
  const bytes = Buffer.concat([
    frame('stdout', 'one'),
    frame('stderr', ''),
    frame('stderr', 'two!'),
    frame('stdout', '3'),
  ]);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: bytes.length }), async (size) => {
      expect(await told(streamPieces(cut(bytes, size), false))).toEqual({ stdout: 'one3', stderr: 'two!' });
    }),
  );
});

test('of a terminal all bytes are its output, whatever they look like', async () => {
  const bytes = frame('stderr', 'raw');
  expect(await told(streamPieces(cut(bytes, 4), true))).toEqual({
    stdout: bytes.toString('latin1'),
    stderr: '',
  });
});
