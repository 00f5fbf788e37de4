/** SHA-256 (FIPS 180-4) of a text, for places that may not ask the machine for it. */

/** The first 32 bits of the fractional parts of roots of the first primes. */
function fractions(count: number, root: (n: number) => number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) isPrime = false;
    if (isPrime) found.push(((root(n) % 1) * 2 ** 32) | 0);
  }
  return found;
}

const K = fractions(64, Math.cbrt);
const BEGIN = fractions(8, Math.sqrt);
const BLOCK_BYTES = 64;

const rotate = (word: number, by: number) => (word >>> by) | (word << (32 - by));

/** The digest of the text's UTF-8 bytes, 64 hexadecimal digits. */
export function sha256Hex(text: string): string {
  const bytes = padded(new TextEncoder().encode(text));
  const view = new DataView(bytes.buffer);
  let hash = BEGIN;
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) hash = compressed(hash, view, at);
  return hash.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** One bit, zeros, and the length in bits, to whole blocks. */
function padded(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = Math.ceil((message.length + 9) / BLOCK_BYTES) * BLOCK_BYTES;
  const bytes = new Uint8Array(length);
  bytes.set(message);
  bytes[message.length] = 0x80;
  new DataView(bytes.buffer).setBigUint64(length - 8, BigInt(message.length) * 8n);
  return bytes;
}

function compressed(before: readonly number[], view: DataView, at: number): number[] {
  const w: number[] = [];
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = before;
  for (const [t, k] of K.entries()) {
    const x = w[t - 15] ?? 0;
    const y = w[t - 2] ?? 0;
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    const word = t < 16 ? view.getInt32(at + 4 * t) : ((w[t - 16] ?? 0) + s0 + (w[t - 7] ?? 0) + s1) | 0;
    w.push(word);
    const t1 = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + k + word;
    const t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  return [a, b, c, d, e, f, g, h].map((word, i) => (word + (before[i] ?? 0)) | 0);
}
