/**
 * A layer of an image, from its compressed bytes to entries (image-spec: layer.md): gzip or zstd, told by the first
 * bytes, then tar with pax and GNU names. Everything is bounded: what comes from a registry may be a bomb.
 */
import { createHash } from 'node:crypto';
import { Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { createTarDecoder, type TarHeader } from 'modern-tar';
import { checkedPax } from './pax.ts';

/** What all layers of one image may come to. Their files are kept in memory while a container runs. */
export interface UnpackLimits {
  readonly unpackedBytes: number;
  readonly entries: number;
  /** Above `ratioFromBytes`, so many unpacked bytes for one packed byte at most. */
  readonly ratio: number;
  readonly ratioFromBytes: number;
  readonly pathBytes: number;
}

export const UNPACK_LIMITS: UnpackLimits = {
  unpackedBytes: 256 << 20,
  entries: 65_536,
  ratio: 200,
  ratioFromBytes: 32 << 20,
  pathBytes: 4_096,
};

/** Counts over all layers of an image. */
export interface Budget {
  bytes: number;
  entries: number;
}

export interface LayerEntry {
  readonly header: TarHeader;
  readonly content: Uint8Array;
}

/**
 * Calls `onEntry` for each entry. Resolves to the digest of the unpacked layer, its diff ID.
 * @throws Error when the layer is damaged, or larger than `limits` let it be.
 */
export async function readLayer(
  packed: Uint8Array,
  budget: Budget,
  limits: UnpackLimits,
  onEntry: (entry: LayerEntry) => void,
): Promise<string> {
  const hash = createHash('sha256');
  async function* bounded(): AsyncIterable<Uint8Array> {
    let bytes = 0;
    for await (const chunk of unpacked(packed)) {
      bytes += chunk.length;
      budget.bytes += chunk.length;
      if (budget.bytes > limits.unpackedBytes)
        throw new Error(`the image unpacks to more than ${limits.unpackedBytes} bytes`);
      if (bytes > limits.ratioFromBytes && bytes > packed.length * limits.ratio)
        throw new Error(`the layer unpacks to more than ${limits.ratio} times its ${packed.length} bytes`);
      hash.update(chunk);
      yield chunk;
    }
  }
  const entries = ReadableStream.from(checkedPax(bounded())).pipeThrough(createTarDecoder({ strict: true }));
  for await (const { header, body } of entries) {
    budget.entries += 1;
    if (budget.entries > limits.entries) throw new Error(`the image has more than ${limits.entries} files`);
    onEntry({ header, content: await contentOf(header, body) });
  }
  return `sha256:${hash.digest('hex')}`;
}

/** The bytes of a regular file; an entry without content has none. */
async function contentOf(header: TarHeader, body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    parts.push(part);
    bytes += part.length;
  }
  if (header.type === 'file' && bytes !== header.size)
    throw new Error(`the tar archive ends within ${header.name}`);
  return Buffer.concat(parts);
}

const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
const CHUNK_BYTES = 1 << 16;

function* chunks(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

/** The tar archive; a layer says by its first bytes how it is packed (containerd: archive/compression DetectCompression). */
function unpacked(packed: Uint8Array): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  const startsWith = (magic: readonly number[]) => magic.every((byte, index) => packed[index] === byte);
  if (startsWith(GZIP)) return through(packed, createGunzip());
  if (startsWith(ZSTD)) return through(packed, createZstdDecompress());
  return chunks(packed);
}

function through(packed: Uint8Array, decoder: Transform): AsyncIterable<Uint8Array> {
  const source = Readable.from(chunks(packed));
  source.on('error', (error) => decoder.destroy(error));
  return source.pipe(decoder);
}
