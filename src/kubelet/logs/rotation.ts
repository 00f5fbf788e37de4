/** Turning a container's log over: which of its older files go, which are compressed, what the newest is called. */
import { formatStamp } from '../../lib/time.ts';

const COMPRESSED = '.gz';
const UNFINISHED = '.tmp';

/** One piece of a rotation. Each waits for the one before; a failed one ends it. */
export type RotationStep =
  | { readonly type: 'remove'; readonly path: string }
  | { readonly type: 'compress'; readonly path: string }
  | { readonly type: 'rename'; readonly from: string; readonly to: string }
  /** The container goes on in a new file; `rotated` is what the old one is called now. */
  | { readonly type: 'reopen'; readonly rotated: string };

/**
 * The steps, in order (container_log_manager.go rotateLog). `others` are the paths beside the log that begin
 * with its own; with the log that is written and the one that is just renamed there are `maxFiles`.
 */
export function rotationSteps(
  log: string,
  others: readonly string[],
  maxFiles: number,
  nowMs: number,
): readonly RotationStep[] {
  const rotated = others.filter((path) => path.startsWith(`${log}.`)).sort();
  const inUse = rotated.filter((path) => isInUse(path, rotated));
  const excess = Math.max(0, inUse.length - Math.max(0, maxFiles - 2));
  const remove = [...rotated.filter((path) => !inUse.includes(path)), ...inUse.slice(0, excess)];
  const compress = inUse.slice(excess).filter((path) => !path.endsWith(COMPRESSED));
  const rotatedNow = `${log}.${formatStamp(nowMs)}`;
  return [
    ...remove.map((path) => ({ type: 'remove', path }) as const),
    ...compress.map((path) => ({ type: 'compress', path }) as const),
    { type: 'rename', from: log, to: rotatedNow },
    { type: 'reopen', rotated: rotatedNow },
  ];
}

/** What an earlier rotation left unfinished is in nobody's use. */
function isInUse(path: string, all: readonly string[]): boolean {
  if (path.endsWith(UNFINISHED)) return false;
  return path.endsWith(COMPRESSED) || !all.includes(path + COMPRESSED);
}
