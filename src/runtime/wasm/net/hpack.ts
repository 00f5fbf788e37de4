/** HTTP/2 header blocks (RFC 7541), as far as a client needs that allows its server no dynamic table. */

/** The lengths of the Huffman codes of ' ' to '~', base 36; codes of one length follow the letters (RFC 7541, B). */
const CODE_LENGTHS =
  '6aacd68baa8b8666555666666678f6cad67777777777777777777777878djde6f56565666577666567655677777fbed';
/** Letters that no header of ours has; of those before ' ' only NUL is as short as one of the others. */
const NUL_CODE_LENGTH = 13;

/** By length and code, `13:8185`: the letter. */
const LETTERS: ReadonlyMap<string, string> = huffmanCodes();

function huffmanCodes(): Map<string, string> {
  const printable = [...CODE_LENGTHS].map((length, i) => [Number.parseInt(length, 36), 0x20 + i] as const);
  const inOrder = [[NUL_CODE_LENGTH, 0] as const, ...printable].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const codes = new Map<string, string>();
  let code = 0;
  let before = 0;
  for (const [length, letter] of inOrder) {
    code *= 2 ** (length - before);
    before = length;
    codes.set(`${length}:${code}`, String.fromCharCode(letter));
    code++;
  }
  return codes;
}

function huffmanText(bytes: Uint8Array): string {
  let text = '';
  let code = 0;
  let length = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1);
      length++;
      const letter = LETTERS.get(`${length}:${code}`);
      if (letter === undefined) continue;
      text += letter;
      code = 0;
      length = 0;
    }
  }
  return text;
}

/** The static table's `:status` entries; of the others no name matters here. */
const STATUS_FROM = 8;
const STATUSES = ['200', '204', '206', '304', '400', '404', '500'];

/** The headers of a block. @throws RangeError for a block that a server may not send to us. */
export function readHeaders(block: Uint8Array): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  let at = 0;
  const byte = (): number => {
    const value = block[at++];
    if (value === undefined) throw new RangeError('the header block ends too early');
    return value;
  };
  const integer = (first: number, bits: number): number => {
    const most = 2 ** bits - 1;
    let value = first & most;
    if (value < most) return value;
    for (let shift = 0; ; shift += 7) {
      const more = byte();
      value += (more & 127) * 2 ** shift;
      if ((more & 128) === 0) return value;
    }
  };
  const text = (): string => {
    const first = byte();
    const length = integer(first, 7);
    const bytes = block.subarray(at, at + length);
    at += length;
    return (first & 128) === 0 ? Buffer.from(bytes).toString('latin1') : huffmanText(bytes);
  };
  while (at < block.length) {
    const first = byte();
    if ((first & 128) !== 0) {
      const status = STATUSES[integer(first, 7) - STATUS_FROM];
      if (status !== undefined) headers.set(':status', status);
    } else if ((first & 0xe0) === 0x20) {
      integer(first, 5);
    } else {
      const index = integer(first, (first & 64) === 0 ? 4 : 6);
      const known = index >= STATUS_FROM && index < STATUS_FROM + STATUSES.length ? ':status' : `#${index}`;
      const name = index === 0 ? text() : known;
      headers.set(name, text());
    }
  }
  return headers;
}

/** A block of literals, none of them longer than 126 letters. */
export function writeHeaders(headers: readonly (readonly [name: string, value: string])[]): Buffer {
  const parts = headers.flatMap(([name, value]) => [
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
  return Buffer.concat(parts);
}
