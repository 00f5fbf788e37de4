/** The hash by which Kubernetes marks definitions and checkpoints. */

const UTF8 = new TextEncoder();

/** FNV-1a, 32 bits, over the UTF-8 bytes of `text`; as a number in [0, 2^32). */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of UTF8.encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}

const PRIME_128 = 0x0000000001000000000000000000013bn;
const OFFSET_128 = 0x6c62272e07bb014262b821756295c58dn;
const MASK_128 = (1n << 128n) - 1n;

/** 128 bits over the UTF-8 bytes of `text`, as 32 lower-case hex digits (hash/fnv New128a). */
export function fnv1a128(text: string): string {
  let hash = OFFSET_128;
  for (const byte of UTF8.encode(text)) {
    hash = ((hash ^ BigInt(byte)) * PRIME_128) & MASK_128;
  }
  return hash.toString(16).padStart(32, '0');
}
