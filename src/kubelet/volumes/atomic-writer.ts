/**
 * How files get into a volume all at once: a new directory for each version, `..data` that points to it, and a
 * symlink through `..data` for each name that people see. An update swaps `..data`, so a reader sees all files
 * of one version or all of another. Follows pkg/volume/util/atomic_writer.go.
 */
import { nextUint32, type RandomState } from '../../lib/random.ts';
import { formatTime } from '../../lib/time.ts';
import type { Payload } from '../../machines/effects.ts';

/** The symlink that is swapped. */
export const DATA_DIRECTORY = '..data';

/** What lies in the volume's directory: the files of this version, and where each symlink points. */
export interface AtomicLayout {
  /** By path below the volume, the version's directory included. */
  readonly files: Payload;
  readonly links: Readonly<Record<string, string>>;
}

/** The layout of one version; a nested path is seen through its first name. */
export function atomicLayout(payload: Payload, versionDirectory: string): AtomicLayout {
  const paths = Object.keys(payload).sort();
  const files = Object.fromEntries(paths.map((path) => [`${versionDirectory}/${path}`, payload[path]]));
  const seen = new Set(paths.map((path) => path.split('/')[0] ?? path));
  const links = Object.fromEntries([...seen].map((name) => [name, `${DATA_DIRECTORY}/${name}`]));
  return { files: files as Payload, links: { ...links, [DATA_DIRECTORY]: versionDirectory } };
}

/** The name of a new version's directory: the time, and a number that no other has (newTimestampDir). */
export function versionDirectoryName(
  nowMs: number,
  random: RandomState,
): [name: string, random: RandomState] {
  const [suffix, next] = nextUint32(random);
  const time = formatTime(nowMs).slice(0, 19).replace(/[-T:]/g, '_');
  return [`..${time}.${suffix}`, next];
}

/** Whether two versions hold the same files; then nothing is written (shouldWritePayload). */
export function samePayload(a: Payload, b: Payload): boolean {
  const paths = Object.keys(a);
  return (
    paths.length === Object.keys(b).length &&
    paths.every((path) => {
      const [left, right] = [a[path], b[path]];
      return left?.data === right?.data && left?.encoding === right?.encoding && left?.mode === right?.mode;
    })
  );
}
