/** When the lines of a log on the node were written, for whoever goes on with it after a restart. */
import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseTime } from '../../../lib/time.ts';

/** Far more than a quarter of a second of log. */
const TAIL_BYTES = 8 << 20;

/** The times of the lines, newest first: of the log, and of the file that the kubelet turned over last. */
export function* writtenTimes(path: string): Generator<number> {
  for (const file of [path, ...newestRotated(path)]) {
    // The first line of what was read may be cut.
    for (const line of tailOf(file).split('\n').reverse()) {
      const atMs = parseTime(line.slice(0, line.indexOf(' ')));
      if (atMs !== undefined) yield atMs;
    }
  }
}

/** Rotated logs are named after their time; the newest is not yet compressed (kubelet container_log_manager.go). */
function newestRotated(path: string): readonly string[] {
  const directory = dirname(path);
  if (statSync(directory, { throwIfNoEntry: false }) === undefined) return [];
  const prefix = `${basename(path)}.`;
  const rotated = readdirSync(directory).filter(
    (name) => name.startsWith(prefix) && /\.\d{8}-\d{6}$/.test(name),
  );
  return rotated
    .sort()
    .slice(-1)
    .map((name) => join(directory, name));
}

function tailOf(file: string): string {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return '';
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const read = readSync(descriptor, tail, 0, tail.length, size - tail.length);
    return tail.toString('utf8', 0, read);
  } finally {
    closeSync(descriptor);
  }
}
