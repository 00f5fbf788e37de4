/** What a file of the host is by its stats, and what a mount remembers of it. */
import type fs from 'node:fs';
import type { NodeType } from './node.ts';

/** WASI's word for what lies there. */
export function typeOf(entry: fs.Stats | fs.Dirent): NodeType {
  if (entry.isDirectory()) return 'directory';
  if (entry.isFile()) return 'regular-file';
  if (entry.isSymbolicLink()) return 'symbolic-link';
  if (entry.isFIFO()) return 'fifo';
  if (entry.isSocket()) return 'socket';
  if (entry.isBlockDevice()) return 'block-device';
  return entry.isCharacterDevice() ? 'character-device' : 'unknown';
}

/** What stays the same when a file gets another name, and is the same for all of its names. */
export const identity = ({ dev, ino }: fs.Stats) => `${dev}:${ino}`;

/** Files of which a mount remembers the number and, in virtual time, the times; then it forgets the oldest. */
const REMEMBERED_FILES = 131_072;

/** Sets `key`, and forgets the oldest when there are too many. */
export function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  if (map.size <= REMEMBERED_FILES) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
