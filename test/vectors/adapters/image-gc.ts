/** image-gc.json: which images go, when, and what is said when too few can. */
import { DEFAULT_CONFIGURATION } from '../../../src/api/kubelet-configuration/defaulting.ts';
import {
  ALL_BYTES,
  beginImageGc,
  diskSeen,
  freeSpace,
  type ImageGcPass,
  imageRemoved,
  nextImageGcStep,
} from '../../../src/kubelet/images/gc/pass.ts';
import {
  IMAGE_GC_PERIOD_MS,
  type ImageFilesystem,
  type ImageGcPolicy,
  imageFilesystemUse,
  imageGcPolicy,
  validateImageGcPolicy,
} from '../../../src/kubelet/images/gc/policy.ts';
import {
  detectImages,
  type ImageRecords,
  type Instant,
  imageKey,
  imagesInEvictionOrder,
  type ListedImage,
} from '../../../src/kubelet/images/gc/records.ts';
import { formatSize } from '../../../src/kubelet/images/gc/texts.ts';
import { formatDuration } from '../../../src/lib/time.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

const DEFAULT_IMAGE_GC_POLICY = imageGcPolicy(DEFAULT_CONFIGURATION);

/** Seconds on the file's clock. */
type Seconds = number | 'never' | 'now' | 'largest time';

/** Later than everything in the file: where a case does not say, it is late enough. */
const LATE_SECONDS = 1e9;

const toMs = (at: Seconds | undefined, otherwise: Instant): Instant => {
  if (at === undefined) return otherwise;
  if (at === 'never') return null;
  return (typeof at === 'number' ? at : LATE_SECONDS) * 1000;
};
const clockMs = (at: Seconds | undefined) => toMs(at, LATE_SECONDS * 1000) ?? 0;

interface Listed {
  readonly id: string;
  readonly sizeBytes: number;
  readonly pinned?: boolean;
  readonly runtimeHandler?: string;
  readonly lastUsed?: Seconds;
  readonly firstDetected?: Seconds;
}

const listed = (images: readonly Listed[]): ListedImage[] =>
  images.map(({ id, sizeBytes, pinned = false, runtimeHandler }) => ({
    id,
    name: id,
    sizeBytes,
    pinned,
    ...(runtimeHandler === undefined ? {} : { runtimeHandler }),
  }));

/** `image-1`, `image-1 with handler h`, `image-2 without handler`. */
function keyOfUse(use: string): string {
  const [, id = '', how, handler = ''] = /^(\S+)(?: (with handler|without handler) ?(\S*))?$/.exec(use) ?? [];
  return imageKey(how === undefined ? { id } : { id, runtimeHandler: handler });
}

interface Detect {
  readonly steps: readonly {
    readonly at: Seconds;
    readonly images: readonly Listed[];
    readonly containersUse: readonly string[];
  }[];
}

/** An instant in the file's words. */
const told = (instant: Instant) =>
  instant === LATE_SECONDS * 1000 ? 'now' : instant === null ? 'never' : instant / 1000;

function detect({ input }: VectorCase<Detect>) {
  let records: ImageRecords = {};
  for (const { at, images, containersUse } of input.steps) {
    const inUse = new Set(containersUse.map(keyOfUse));
    records = detectImages(records, listed(images), inUse, {
      detectedMs: toMs(at, null),
      nowMs: LATE_SECONDS * 1000,
    });
  }
  const entries = Object.entries(records).map(([key, { firstDetectedMs, lastUsedMs }]) => [
    key,
    { firstDetected: told(firstDetectedMs), lastUsed: lastUsedMs === null ? 'never' : 'now' },
  ]);
  return { records: Object.fromEntries(entries) };
}

interface Free {
  readonly images: readonly Listed[];
  readonly inUse?: readonly string[];
  readonly bytesToFree?: number;
  readonly minAgeSeconds?: number;
  readonly maxAgeSeconds?: number;
  readonly now?: Seconds;
  readonly kubeletStart?: Seconds;
}

/** The images of a case as they are known before the pass, and those that may go. */
function candidates({ images, inUse = [], now }: Free) {
  const used = new Set(inUse);
  const told = images.map(({ id, sizeBytes, pinned = false, lastUsed, firstDetected }) => [
    id,
    {
      firstDetectedMs: toMs(firstDetected, 0),
      lastUsedMs: toMs(lastUsed, null),
      sizeBytes,
      pinned,
      name: id,
    },
  ]);
  const known = detectImages(Object.fromEntries(told), listed(images), used, {
    detectedMs: 0,
    nowMs: clockMs(now),
  });
  return imagesInEvictionOrder(known, used);
}

const policyOf = ({ minAgeSeconds = 0, maxAgeSeconds = 0 }: Free): ImageGcPolicy => ({
  ...DEFAULT_IMAGE_GC_POLICY,
  minAgeMs: minAgeSeconds * 1000,
  maxAgeMs: maxAgeSeconds * 1000,
});

/** Removes from the list what the pass asks for, until it asks for something else. */
function removing(pass: ImageGcPass, policy: ImageGcPolicy, images: readonly Listed[]) {
  const left = [...images];
  let now = pass;
  for (;;) {
    const next = nextImageGcStep(now, policy);
    if (next.step !== 'remove') return { pass: now, next, left };
    const index = left.findIndex((image) => imageKey(image) === next.image.key);
    left.splice(index, 1);
    now = imageRemoved(now, undefined);
  }
}

const ids = (images: readonly Listed[]) => images.map(({ id }) => id);

function freeBytes({ input }: VectorCase<Free>) {
  const policy = policyOf(input);
  const begun = freeSpace(candidates(input), input.bytesToFree ?? ALL_BYTES, policy, clockMs(input.now));
  const { pass, left } = removing(begun, policy, input.images);
  return { bytesFreed: pass.freedBytes, imagesLeft: ids(left) };
}

function deleteUnused({ input, expected }: VectorCase<Free, { readonly imagesLeft: unknown }>) {
  const policy = policyOf(input);
  const begun = freeSpace(candidates(input), ALL_BYTES, policy, clockMs(input.now));
  const { next, left } = removing(begun, policy, input.images);
  const error = next.step === 'done' ? (next.error ?? null) : null;
  return { imagesLeft: typeof expected.imagesLeft === 'number' ? left.length : ids(left), error };
}

function freeOld({ input }: VectorCase<Free>) {
  const policy = policyOf(input);
  const times = { nowMs: clockMs(input.now), startedMs: clockMs(input.kubeletStart ?? 0) };
  const begun = beginImageGc(candidates(input), policy, times);
  return { imagesLeft: ids(removing(begun, policy, input.images).left) };
}

interface Collect extends Free {
  readonly highThresholdPercent: number;
  readonly lowThresholdPercent: number;
  readonly fs: ImageFilesystem | 'error';
  readonly capacityOverride?: number;
}

function collect({ input, expected }: VectorCase<Collect, object>) {
  const { highThresholdPercent, lowThresholdPercent, images, capacityOverride } = input;
  const policy = { ...policyOf(input), highThresholdPercent, lowThresholdPercent };
  const disk =
    input.fs === 'error'
      ? input.fs
      : { ...input.fs, capacityBytes: capacityOverride ?? input.fs.capacityBytes };
  const times = { nowMs: clockMs(input.now), startedMs: 0 };
  const aged = removing(beginImageGc(candidates(input), policy, times), policy, images);
  const seen = diskSeen(aged.pass, disk, policy);
  const ended = 'step' in seen ? { pass: aged.pass, next: seen } : removing(seen, policy, aged.left);
  const done = ended.next.step === 'done' ? ended.next : undefined;
  const use = typeof disk === 'string' ? undefined : imageFilesystemUse(disk, policy);
  const event = done?.event && eventOf(done.event, use?.capacityBytes, expected);
  const told = {
    error: done?.error !== undefined,
    usagePercent: use?.usagePercent,
    bytesToFree: use && (use.bytesToFree ?? 0),
    bytesFreed: ended.pass.freedBytes,
    event,
  };
  return Object.fromEntries(Object.entries(told).filter(([key]) => key === 'event' || key in expected));
}

/** The event as the case writes it: with the capacity as the word SIZE, where it asks for a form. */
function eventOf(
  { type, reason, message }: { type: string; reason: string; message: string },
  capacityBytes: number | undefined,
  expected: { readonly event?: object },
) {
  const form = message.replace(`of ${formatSize(capacityBytes ?? 0)} used`, 'of SIZE used');
  const text = 'messageForm' in (expected.event ?? {}) ? { messageForm: form } : { message };
  return { type, reason, onObject: 'Node', ...text };
}

function validatePolicy({ input }: VectorCase<ImageGcPolicy>) {
  return { error: validateImageGcPolicy(input) ?? null };
}

function defaults() {
  const { highThresholdPercent, lowThresholdPercent, minAgeMs, maxAgeMs } = DEFAULT_IMAGE_GC_POLICY;
  return {
    imageGCHighThresholdPercent: highThresholdPercent,
    imageGCLowThresholdPercent: lowThresholdPercent,
    imageMinimumGCAge: formatDuration(minAgeMs),
    imageMaximumGCAge: formatDuration(maxAgeMs),
    gcPeriod: formatDuration(IMAGE_GC_PERIOD_MS),
  };
}

export default {
  groups: {
    detect,
    'free-space': freeBytes,
    'delete-unused': deleteUnused,
    'free-old': freeOld,
    'garbage-collect': collect,
    'validate-policy': validatePolicy,
    defaults,
  },
} satisfies VectorAdapter;
