/** The files of an image as a tar layer (POSIX ustar), the same bytes for the same files. */
import type { ImageFile } from '../image.ts';

const BLOCK_BYTES = 512;
const TYPE = { file: '0', symlink: '2', directory: '5' } as const;

function put(header: Uint8Array, at: number, text: string): void {
  header.set(new TextEncoder().encode(text), at);
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

/** Splits a path that is longer than ustar's name field into prefix and name. */
function splitName(path: string): readonly [prefix: string, name: string] {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  if (bytes(path) <= 100) return ['', path];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const prefix = path.slice(0, at);
    const name = path.slice(at + 1);
    if (bytes(prefix) <= 155 && bytes(name) <= 100 && name !== '') return [prefix, name];
  }
  throw new RangeError(`the path is too long for a tar archive: ${path}`);
}

function checksum(header: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < BLOCK_BYTES; index++)
    sum += index >= 148 && index < 156 ? 0x20 : (header[index] ?? 0);
  return sum;
}

function headerOf(file: ImageFile): Uint8Array {
  const header = new Uint8Array(BLOCK_BYTES);
  const relative = file.path.replace(/^\//, '') + (file.type === 'directory' ? '/' : '');
  const [prefix, name] = splitName(relative);
  put(header, 0, name);
  put(header, 100, octal(file.type === 'symlink' ? 0o777 : file.mode, 8));
  put(header, 108, octal(0, 8));
  put(header, 116, octal(0, 8));
  put(header, 124, octal(file.type === 'file' ? file.content.length : 0, 12));
  put(header, 136, octal(0, 12));
  put(header, 156, TYPE[file.type]);
  if (file.type === 'symlink') put(header, 157, file.target);
  put(header, 257, 'ustar\x0000');
  put(header, 345, prefix);
  put(header, 148, `${checksum(header).toString(8).padStart(6, '0')}\0 `);
  return header;
}

/** Owner root, time 0. @throws RangeError for a path that ustar cannot hold. */
export function writeTar(files: readonly ImageFile[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const file of files) {
    parts.push(headerOf(file));
    if (file.type !== 'file') continue;
    const padding = -file.content.length & (BLOCK_BYTES - 1);
    parts.push(file.content, new Uint8Array(padding));
  }
  parts.push(new Uint8Array(2 * BLOCK_BYTES));
  return Buffer.concat(parts);
}
