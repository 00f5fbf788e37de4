/**
 * The thresholds of `containerfs`: nobody sets them, they follow those of the file system that the writable
 * layers lie on (pkg/kubelet/eviction/helpers.go UpdateContainerFsThresholds).
 */
import type { Signal } from '../../api/eviction/signals.ts';
import { isHard, type Threshold } from '../../api/eviction/thresholds.ts';

/** How the node's disks are laid out. */
export interface DiskLayout {
  /** Images have a file system of their own. */
  readonly dedicatedImageFs: boolean;
  /** The writable layers do not lie on that of the images, but on nodefs. */
  readonly separateContainerFs: boolean;
}

export interface ContainerFsThresholds {
  readonly thresholds: readonly Threshold[];
  /** The configuration named containerfs itself; what it said is ignored. */
  readonly conflict: boolean;
}

/** Replaces whatever thresholds there are on containerfs by those that follow from nodefs or imagefs. */
export function withContainerFs(
  thresholds: readonly Threshold[],
  { dedicatedImageFs, separateContainerFs }: DiskLayout,
): ContainerFsThresholds {
  const liesOn = dedicatedImageFs && !separateContainerFs ? 'imagefs' : 'nodefs';
  const isOwn = ({ signal }: Threshold) => signal.startsWith('containerfs.');
  const others = thresholds.filter((threshold) => !isOwn(threshold));
  const derived = (['available', 'inodesFree'] as const).flatMap((measure) =>
    [true, false].flatMap((hard) => {
      const signal: Signal = `containerfs.${measure}`;
      // The last one counts, should there be two.
      const model = others.findLast(
        (each) => each.signal === `${liesOn}.${measure}` && isHard(each) === hard,
      );
      return model === undefined ? [] : [{ ...model, signal }];
    }),
  );
  return { thresholds: [...others, ...derived], conflict: thresholds.some(isOwn) };
}
