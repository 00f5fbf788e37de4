/** What the node's events say of images that could not be removed. */
import { warning } from '../../events/texts.ts';

/** image_gc_manager.go GarbageCollect. */
export const invalidDiskCapacity = () =>
  warning('InvalidDiskCapacity', 'invalid capacity 0 on image filesystem');
/** The wording of v1.35 and later. */
export const freeDiskSpaceFailed = (usagePercent: number, capacity: string, freedBytes: number) =>
  warning(
    'FreeDiskSpaceFailed',
    `Insufficient free disk space on the node's image filesystem (${usagePercent}% of ${capacity} used). ` +
      `Failed to free sufficient space by deleting unused images (freed ${freedBytes} bytes). ` +
      'Investigate disk usage, as it could be used by active images, logs, volumes, or other data.',
  );
/** kubelet.go StartGarbageCollection: from the second failure in a row on. */
export const imageGcFailed = (error: string) => warning('ImageGCFailed', error);
/** The same for containers: from the first failure on. */
export const containerGcFailed = (error: string) => warning('ContainerGCFailed', error);

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** A size for people: `26.4 GiB` (image_gc_manager.go formatSize). */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 'B';
  for (const next of UNITS) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return unit === 'B' ? `${bytes} B` : `${value.toFixed(1)} ${unit}`;
}
