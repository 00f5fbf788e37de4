/** Digests and descriptors, as an OCI image layout uses them (image-spec: descriptor.md). */
import { createHash } from 'node:crypto';

export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** `sha256:` and 64 hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The descriptor of `bytes`. */
export function describe(
  mediaType: string,
  bytes: Uint8Array,
  annotations?: Readonly<Record<string, string>>,
): Descriptor {
  const descriptor = { mediaType, digest: sha256(bytes), size: bytes.length };
  return annotations ? { ...descriptor, annotations } : descriptor;
}

/** Only SHA-256, in small letters: what becomes a part of a path has nothing else in it. */
export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}
