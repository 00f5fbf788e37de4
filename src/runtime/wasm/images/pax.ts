/**
 * Extended headers of tar archives (POSIX pax) looked at before the archive's reader sees them: that one takes time by the
 * square of a record whose length is none, and a layer of a few kilobytes would hold podstep up for days.
 */

const BLOCK_BYTES = 512;
const TYPE_AT = 156;
const SIZE_AT = 124;
/** Linux's attributes of one file are at most 64 KiB, and a path 4 KiB. */
const LIMIT_BYTES = 1 << 20;
const TYPES: ReadonlySet<number> = new Set([...'xg'].map((letter) => letter.charCodeAt(0)));
/** `17 path=some/name` and a newline: its length first, in bytes, itself included. */
const LONGEST_LENGTH = 8;

/**
 * The archive as it is, block by block. A block within a file that looks like the head of an extended header is held to
 * the same, so that no reader can be led to see one where this did not.
 * @throws Error for an extended header that no tool writes
 */
export async function* checkedPax(
  archive: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  let held: Buffer = Buffer.alloc(0);
  /** Of the extended header at hand: what has come of it, and what has not. */
  let records: Buffer[] = [];
  let leftBytes = 0;
  for await (const chunk of archive) {
    held =
      held.length === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
        : Buffer.concat([held, chunk]);
    let at = 0;
    for (; at + BLOCK_BYTES <= held.length; at += BLOCK_BYTES) {
      const block = held.subarray(at, at + BLOCK_BYTES);
      const isExtended = TYPES.has(block[TYPE_AT] ?? 0) && isHead(block);
      if (isExtended && leftBytes > 0) throw new Error('the layer has an extended header within another');
      if (isExtended) {
        leftBytes = sizeOf(block);
        records = [];
      } else if (leftBytes > 0) {
        records.push(Buffer.from(block.subarray(0, leftBytes)));
        leftBytes = Math.max(0, leftBytes - BLOCK_BYTES);
        if (leftBytes === 0) checkRecords(Buffer.concat(records));
      }
    }
    yield chunk;
    held = held.subarray(at);
  }
}

/** Its checksum is right: the sum of its bytes, the checksum's own as spaces. */
function isHead(block: Buffer): boolean {
  const written = Number.parseInt(block.toString('latin1', 148, 156), 8);
  let sum = 8 * 32;
  for (let at = 0; at < BLOCK_BYTES; at++) if (at < 148 || at >= 156) sum += block[at] ?? 0;
  return sum === written;
}

function sizeOf(block: Buffer): number {
  const text = block.toString('latin1', SIZE_AT, SIZE_AT + 12);
  const digits = /^ *([0-7]{1,11})[\0 ]*$/.exec(text)?.[1];
  if (digits === undefined) throw new Error('the layer has an extended header without a size');
  const size = Number.parseInt(digits, 8);
  if (size > LIMIT_BYTES)
    throw new Error(`the layer has an extended header of more than ${LIMIT_BYTES} bytes`);
  return size;
}

function checkRecords(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    const digits = /^[1-9]\d*(?= )/.exec(bytes.toString('latin1', at, at + LONGEST_LENGTH))?.[0] ?? '';
    const end = at + Number(digits);
    const isRecord =
      digits !== '' && end <= bytes.length && end > at + digits.length + 1 && bytes[end - 1] === 0x0a;
    if (!isRecord) throw new Error('the layer has an extended header that is malformed');
    at = end;
  }
}
