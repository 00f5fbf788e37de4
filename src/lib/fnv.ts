/** The hash by which Kubernetes marks definitions and checkpoints. */

/** FNV-1a, 32 bits, over the UTF-8 bytes of `text`; as a number in [0, 2^32). */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}
