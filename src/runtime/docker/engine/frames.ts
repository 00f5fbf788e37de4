/**
 * How the Engine puts two streams onto one connection (exec, attach and logs of containers without a terminal): eight
 * bytes, of which the first names the stream and the last four the length, then the bytes.
 */

export interface StreamPiece {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Uint8Array;
}

const HEADER_BYTES = 8;
const STDERR = 2;

/**
 * The pieces as they come, in order; a frame is not waited for to its end, so one of any length holds no memory.
 * With `tty` there are no frames: all is standard output (before 1.42 nothing on the wire tells).
 */
export async function* streamPieces(
  chunks: AsyncIterable<Uint8Array>,
  tty: boolean,
): AsyncGenerator<StreamPiece> {
  let header = Buffer.alloc(0);
  let leftBytes = 0;
  let stream: StreamPiece['stream'] = 'stdout';
  for await (const chunk of chunks) {
    if (tty) {
      yield { stream, bytes: chunk };
      continue;
    }
    let rest = chunk;
    while (rest.length > 0) {
      if (leftBytes > 0) {
        const bytes = rest.subarray(0, leftBytes);
        leftBytes -= bytes.length;
        rest = rest.subarray(bytes.length);
        yield { stream, bytes };
        continue;
      }
      const missing = HEADER_BYTES - header.length;
      header = Buffer.concat([header, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (header.length < HEADER_BYTES) continue;
      stream = header[0] === STDERR ? 'stderr' : 'stdout';
      leftBytes = header.readUInt32BE(4);
      header = Buffer.alloc(0);
    }
  }
}
