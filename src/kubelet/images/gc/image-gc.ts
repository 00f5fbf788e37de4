/**
 * Image garbage: every five minutes the images on the node are looked through, those in use are noted, and
 * when the disk is full the ones that were not used for longest are removed, one after the other.
 * Follows pkg/kubelet/images/image_gc_manager.go and pkg/kubelet/kubelet.go StartGarbageCollection.
 */

import type { Image } from '../../../api/cri.ts';
import type { MeasuredStats } from '../../../api/stats.ts';
import type { EffectId } from '../../../machines/effects.ts';
import type { EffectError, EffectResult } from '../../../machines/events.ts';
import { rpcError } from '../../aggregate-errors.ts';
import {
  type Draft,
  emit,
  forgetMachine,
  type MachineRef,
  move,
  nodeOwner,
  note,
  type Say,
  update,
} from '../../draft.ts';
import { recordNodeEvent } from '../../events/recorder.ts';
import { logError, logInfo } from '../../log/log.ts';
import { startTimer } from '../../loop-timer.ts';
import { readStats, statsRead } from '../../stats/stats-provider.ts';
import { prunePullRecords } from '../pull-record-files.ts';
import {
  ALL_BYTES,
  beginImageGc,
  diskSeen,
  freeSpace,
  type ImageGcPass,
  type ImageGcStep,
  imageRemoved,
  nextImageGcStep,
} from './pass.ts';
import { IMAGE_GC_PERIOD_MS, type ImageFilesystem, imageGcEnabled, imageGcPolicy } from './policy.ts';
import { detectImages, type EvictionInfo, type ImageRecords, imagesInEvictionOrder } from './records.ts';
import { formatSize, imageGcFailed } from './texts.ts';
import { IMAGE_GC_WHERE as WHERE } from './where.ts';

export const IMAGE_GC_TIMER = 'gc/images';

/** Why a pass runs: its time has come, or the eviction manager wants every unused image gone. */
export type ImageGcPurpose = 'periodic' | 'eviction';

/** The collector's slice. */
export interface ImageGc {
  readonly records: ImageRecords;
  /** The images were looked through at least once: what is new from now on was first seen then. */
  readonly detected: boolean;
  /** The last periodic pass failed: the next failure is told as an event. */
  readonly failedBefore: boolean;
  readonly running?: {
    readonly purpose: ImageGcPurpose;
    /** The answer that it waits for. */
    readonly waits: EffectId;
    /** Undefined until the images are listed. */
    readonly pass?: ImageGcPass;
  };
  /** A pass for the eviction manager follows the one under way. */
  readonly wanted: boolean;
}

export const NO_IMAGE_GC: ImageGc = { records: {}, detected: false, failedBefore: false, wanted: false };

/** How a pass ended. */
export interface ImageGcEnd {
  readonly purpose: ImageGcPurpose;
  readonly freedBytes: number;
  readonly error?: string;
}

/** The kubelet has started, or five minutes are over. */
export function collectImages(draft: Draft): void {
  startTimer(draft, IMAGE_GC_TIMER, IMAGE_GC_PERIOD_MS);
  if (draft.state.imageGc.running === undefined) list(draft, 'periodic');
}

/** For the eviction manager (DeleteUnusedImages): every image that nothing uses and that is old enough. */
export function deleteUnusedImages(draft: Draft): void {
  if (draft.state.imageGc.running === undefined) list(draft, 'eviction');
  else setGc(draft, { wanted: true });
}

function setGc(draft: Draft, change: Partial<ImageGc>): void {
  update(draft, { imageGc: { ...draft.state.imageGc, ...change } });
}

function list(draft: Draft, purpose: ImageGcPurpose): void {
  const waits = emit(draft, nodeOwner(draft.state, IMAGE_GC_TIMER), { type: 'listImages' });
  setGc(draft, { running: { purpose, waits } });
}

/** What came of what the pass asked for; everything else is none of its business. Returns how it ended, if it did. */
export function imageGcReturned(
  draft: Draft,
  effectId: EffectId,
  result: EffectResult | EffectError,
): ImageGcEnd | undefined {
  const { running } = draft.state.imageGc;
  if (running?.waits !== effectId) return undefined;
  const { purpose, pass } = running;
  if (pass === undefined) {
    if (!('type' in result) || result.type !== 'images')
      return ended(draft, purpose, undefined, failure(result));
    return goOn(draft, purpose, detected(draft, purpose, result.images, result.inUse));
  }
  const [image] = pass.queue;
  const next = nextImageGcStep(pass, imageGcPolicy(draft.state.config));
  if (next.step === 'remove' && image !== undefined) {
    return goOn(
      draft,
      purpose,
      removalReturned(draft, pass, image, 'code' in result ? rpcError(result) : undefined),
    );
  }
  return diskReturned(draft, purpose, pass, result);
}

const failure = (result: EffectResult | EffectError) =>
  'code' in result ? rpcError(result) : `unexpected answer: ${result.type}`;

/** The images as they are now: the records are brought up to date, and the pass knows what may go. */
function detected(
  draft: Draft,
  purpose: ImageGcPurpose,
  images: readonly Image[],
  used: readonly string[],
): ImageGcPass {
  const { state } = draft;
  const { nowMs, startedMs = nowMs, imageGc } = state;
  const inUse = new Set(used);
  const listed = images.map(({ id, repoTags, sizeBytes, pinned }) => ({
    id,
    name: repoTags[0] ?? id,
    sizeBytes,
    pinned,
  }));
  // Nobody knows since when those have been there that are found first.
  const detectedMs = imageGc.detected ? nowMs : null;
  const records = detectImages(imageGc.records, listed, inUse, { detectedMs, nowMs });
  setGc(draft, { records, detected: true });
  prunePullRecords(
    draft,
    images.map(({ id }) => id),
  );
  const candidates = imagesInEvictionOrder(records, inUse);
  const policy = imageGcPolicy(state.config);
  return purpose === 'eviction'
    ? freeSpace(candidates, ALL_BYTES, policy, nowMs)
    : beginImageGc(candidates, policy, { nowMs, startedMs });
}

/** The next step of the pass. */
function goOn(draft: Draft, purpose: ImageGcPurpose, pass: ImageGcPass): ImageGcEnd | undefined {
  const next = nextImageGcStep(pass, imageGcPolicy(draft.state.config));
  switch (next.step) {
    case 'remove':
      setGc(draft, { running: { purpose, pass, waits: remove(draft, pass, next.image) } });
      return undefined;
    case 'lookAtDisk': {
      const waits = readStats(draft, nodeOwner(draft.state, IMAGE_GC_TIMER));
      setGc(draft, { running: { purpose, pass, waits } });
      return undefined;
    }
    case 'done':
      return ended(draft, purpose, pass, next.error, next.event);
  }
}

function refOfImage({ key, name }: EvictionInfo): MachineRef<'storedImage'> {
  const object = { kind: 'Image', name, uid: key } as const;
  return { machine: 'storedImage', podUid: '', key: `storedImage/${key}`, object };
}

function remove(draft: Draft, { stage, use, freedBytes }: ImageGcPass, image: EvictionInfo): EffectId {
  const { name, sizeBytes, key } = image;
  const why = stage === 'age' ? 'gc.imageTooOld' : use === undefined ? 'gc.imageForEviction' : 'gc.image';
  const values = { image: name, size: formatSize(sizeBytes), freed: formatSize(freedBytes) };
  const say: Say = { stage: 'gc', why, values, where: WHERE.freeImage };
  const keys = { imageID: key, size: sizeBytes, runtimeHandler: '' };
  logInfo(draft, 0, 'image_gc_manager.go', 'Removing image to free bytes', keys);
  const [effectId = -1] = move(draft, refOfImage(image), { type: 'RemoveImage', image: key }, say);
  return effectId;
}

function removalReturned(
  draft: Draft,
  pass: ImageGcPass,
  image: EvictionInfo,
  error: string | undefined,
): ImageGcPass {
  const ref = refOfImage(image);
  const { name, key, sizeBytes } = image;
  if (error === undefined) {
    const values = { image: name, size: formatSize(sizeBytes) };
    move(
      draft,
      ref,
      { type: 'ImageRemoved' },
      { stage: 'gc', why: 'gc.imageRemoved', values, where: WHERE.freeImage },
    );
    const { [key]: _gone, ...records } = draft.state.imageGc.records;
    setGc(draft, { records });
  } else {
    const values = { image: name, message: error };
    const say: Say = { stage: 'gc', why: 'gc.imageStays', values, where: WHERE.freeImage };
    move(draft, ref, { type: 'RemoveImageFailed' }, say);
  }
  forgetMachine(draft, ref);
  return imageRemoved(pass, error);
}

/** image_gc_manager.go GarbageCollect, by way of the stats provider's ImageFsStats. */
function imageDisk(draft: Draft, measured: MeasuredStats): ImageFilesystem {
  const { capacityBytes = 0, availableBytes = 0 } = statsRead(draft, measured).node.imageFs ?? {};
  return { capacityBytes, availableBytes };
}

function diskReturned(
  draft: Draft,
  purpose: ImageGcPurpose,
  pass: ImageGcPass,
  result: EffectResult | EffectError,
): ImageGcEnd | undefined {
  const disk =
    'type' in result && result.type === 'stats' ? imageDisk(draft, result.measured) : failure(result);
  const policy = imageGcPolicy(draft.state.config);
  const seen = diskSeen(pass, disk, policy);
  if ('step' in seen) return ended(draft, purpose, pass, seen.error, seen.event);
  const { use, bytesToFree } = seen;
  const values = {
    percent: use?.usagePercent ?? 0,
    high: policy.highThresholdPercent,
    low: policy.lowThresholdPercent,
    size: formatSize(bytesToFree),
  };
  const message =
    'Disk usage on image filesystem is over the high threshold, trying to free bytes down to the low threshold';
  logInfo(draft, 0, 'image_gc_manager.go', message, {
    usage: values.percent,
    highThreshold: values.high,
    amountToFree: bytesToFree,
    lowThreshold: values.low,
  });
  tell(draft, 'gc.diskFull', values);
  return goOn(draft, purpose, seen);
}

function tell(draft: Draft, why: Say['why'], values: NonNullable<Say['values']>): void {
  const { object } = nodeOwner(draft.state, IMAGE_GC_TIMER);
  note(draft, 'imageGC', object, 'GarbageCollect', 'collecting', {
    stage: 'gc',
    why,
    values,
    where: WHERE.collect,
  });
}

const FAILED_ONCE = 'Image garbage collection failed once. Stats initialization may not have completed yet';
const FAILED_AGAIN = 'Image garbage collection failed multiple times in a row';

/** The pass is over; an error is told from the second one in a row on, for statistics may come late at first. */
function ended(
  draft: Draft,
  purpose: ImageGcPurpose,
  pass: ImageGcPass | undefined,
  error: string | undefined,
  event?: Extract<ImageGcStep, { step: 'done' }>['event'],
): ImageGcEnd {
  if (event !== undefined) recordNodeEvent(draft, event);
  const { running: _over, ...gc } = draft.state.imageGc;
  update(draft, { imageGc: gc });
  if (error !== undefined) tell(draft, 'gc.imagesFailed', { message: error });
  if (purpose === 'periodic') {
    if (error === undefined) {
      logInfo(draft, gc.failedBefore ? 1 : 4, 'kubelet.go', 'Image garbage collection succeeded');
    } else logError(draft, 'kubelet.go', error, gc.failedBefore ? FAILED_AGAIN : FAILED_ONCE);
    if (error !== undefined && gc.failedBefore) recordNodeEvent(draft, imageGcFailed(error));
    setGc(draft, { failedBefore: error !== undefined });
  }
  if (gc.wanted) {
    setGc(draft, { wanted: false });
    list(draft, 'eviction');
  }
  return { purpose, freedBytes: pass?.freedBytes ?? 0, ...(error === undefined ? {} : { error }) };
}

/** Whether the kubelet collects images at all. */
export function collectsImages({ state }: Draft): boolean {
  return imageGcEnabled(imageGcPolicy(state.config));
}
