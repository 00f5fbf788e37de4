/** Base64 as the API carries bytes in: Secrets, `binaryData`, tokens. */

/** The text that the bytes spell in UTF-8; what is no UTF-8 becomes U+FFFD, as Go's `string(bytes)` prints it. */
export function decodeBase64(encoded: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0)));
}

/** The UTF-8 bytes of a text in base64. */
export function encodeBase64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}
