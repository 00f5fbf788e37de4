/** The Engine's streams of JSON: an object a line (the progress of a pull, events), in pieces of any size. */

/** A line is an object of the Engine, never so long; what is longer is no such stream. */
const LINE_LIMIT_BYTES = 4 << 20;

/** The objects as they come. Their shape is the Engine's word. @throws SyntaxError for what is no JSON */
export async function* jsonLines<T>(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let held = '';
  for await (const piece of pieces) {
    held += decoder.decode(piece, { stream: true });
    const lines = held.split('\n');
    held = lines.pop() ?? '';
    if (held.length > LINE_LIMIT_BYTES) throw new SyntaxError('a line of the stream is too long');
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as T;
  }
  if (held.trim() !== '') yield JSON.parse(held) as T;
}
