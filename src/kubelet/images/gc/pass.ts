/**
 * One pass of the image garbage collector, as data: which image goes next, and what came of it. Old images
 * first, then, if the disk is full, others until there is room.
 * Follows pkg/kubelet/images/image_gc_manager.go GarbageCollect, freeOldImages and freeSpace.
 */
import { formatDuration } from '../../../lib/time.ts';
import { aggregateErrors } from '../../aggregate-errors.ts';
import type { EventText } from '../../events/texts.ts';
import {
  type ImageFilesystem,
  type ImageFilesystemUse,
  type ImageGcPolicy,
  imageFilesystemUse,
} from './policy.ts';
import { type EvictionInfo, sinceMs } from './records.ts';
import { formatSize, freeDiskSpaceFailed, invalidDiskCapacity } from './texts.ts';

/** The most that a pass can be asked to free: everything that is not in use. */
export const ALL_BYTES = Number.MAX_SAFE_INTEGER;

export interface ImageGcPass {
  readonly stage: 'age' | 'space';
  readonly startedMs: number;
  /** Still to be removed in this stage, in order. */
  readonly queue: readonly EvictionInfo[];
  /** In the first stage: what is left for the second. */
  readonly younger: readonly EvictionInfo[];
  readonly bytesToFree: number;
  readonly freedBytes: number;
  readonly freedImages: number;
  /** Why images could not be removed. */
  readonly errors: readonly string[];
  readonly use?: ImageFilesystemUse;
}

/** What is to be done next. */
export type ImageGcStep =
  | { readonly step: 'remove'; readonly image: EvictionInfo }
  /** The images that were too old are gone; how full is the disk? Then `diskSeen`. */
  | { readonly step: 'lookAtDisk' }
  | { readonly step: 'done'; readonly error?: string; readonly event?: EventText };

/** A pass begins, with the images that may go in their order (freeOldImages). */
export function beginImageGc(
  images: readonly EvictionInfo[],
  policy: Pick<ImageGcPolicy, 'maxAgeMs'>,
  { nowMs, startedMs }: { readonly nowMs: number; readonly startedMs: number },
): ImageGcPass {
  // What was used before the kubelet started is not known: it waits once before it trusts its records.
  const applies = policy.maxAgeMs > 0 && nowMs - startedMs > policy.maxAgeMs;
  const isOld = ({ lastUsedMs }: EvictionInfo) => applies && sinceMs(nowMs, lastUsedMs) > policy.maxAgeMs;
  return {
    ...NOTHING_FREED,
    stage: 'age',
    startedMs: nowMs,
    queue: images.filter(isOld),
    younger: images.filter((image) => !isOld(image)),
    bytesToFree: ALL_BYTES,
  };
}

const NOTHING_FREED = { freedBytes: 0, freedImages: 0, errors: [] } as const;

/** A pass that frees so many bytes, of images that are old enough (freeSpace). */
export function freeSpace(
  images: readonly EvictionInfo[],
  bytesToFree: number,
  { minAgeMs }: Pick<ImageGcPolicy, 'minAgeMs'>,
  nowMs: number,
): ImageGcPass {
  const eligible = images.filter(
    ({ lastUsedMs, firstDetectedMs }) =>
      (lastUsedMs === null || lastUsedMs < nowMs) && sinceMs(nowMs, firstDetectedMs) >= minAgeMs,
  );
  return { ...NOTHING_FREED, stage: 'space', startedMs: nowMs, queue: eligible, younger: [], bytesToFree };
}

export function nextImageGcStep(
  pass: ImageGcPass,
  { maxAgeMs }: Pick<ImageGcPolicy, 'maxAgeMs'>,
): ImageGcStep {
  const { stage, queue, freedImages, freedBytes, bytesToFree, errors, use } = pass;
  const [image] = queue;
  const isEnough = freedImages > 0 && freedBytes >= bytesToFree;
  if (image !== undefined && !isEnough) return { step: 'remove', image };
  if (stage === 'age') {
    if (errors.length === 0) return { step: 'lookAtDisk' };
    const older = `wanted to free images older than ${formatDuration(maxAgeMs)}`;
    return {
      step: 'done',
      error: `${older}, encountered errors in image deletion: ${aggregateErrors(errors)}`,
    };
  }
  if (errors.length > 0) {
    const freed = `wanted to free ${wanted(bytesToFree)} bytes, but freed ${freedBytes} bytes space`;
    return { step: 'done', error: `${freed} with errors in image deletion: ${aggregateErrors(errors)}` };
  }
  if (use === undefined || freedBytes >= bytesToFree) return { step: 'done' };
  const event = freeDiskSpaceFailed(use.usagePercent, formatSize(use.capacityBytes), freedBytes);
  return { step: 'done', error: event.message, event };
}

/** An image was removed, or could not be; the pass goes on either way. */
export function imageRemoved(pass: ImageGcPass, error: string | undefined): ImageGcPass {
  const [image, ...queue] = pass.queue;
  if (error !== undefined) {
    const kept = image === undefined ? [] : [image];
    return { ...pass, queue, younger: [...pass.younger, ...kept], errors: [...pass.errors, error] };
  }
  const freedBytes = pass.freedBytes + (image?.sizeBytes ?? 0);
  return { ...pass, queue, freedBytes, freedImages: pass.freedImages + 1 };
}

/** How full the disk is decides whether more goes; an answer that is an error's text ends the pass. */
export function diskSeen(
  pass: ImageGcPass,
  disk: ImageFilesystem | string,
  policy: ImageGcPolicy,
): ImageGcPass | Extract<ImageGcStep, { step: 'done' }> {
  if (typeof disk === 'string') return { step: 'done', error: disk };
  const use = imageFilesystemUse(disk, policy);
  if (use === undefined) {
    const event = invalidDiskCapacity();
    return { step: 'done', error: event.message, event };
  }
  if (use.bytesToFree === undefined) return { step: 'done' };
  return { ...freeSpace(pass.younger, use.bytesToFree, policy, pass.startedMs), use };
}

/** Go's largest int64 stands for everything. */
function wanted(bytes: number): string {
  return bytes === ALL_BYTES ? '9223372036854775807' : String(bytes);
}
