/** What is known of each image on the node, and in which order images go. */

/** Epoch milliseconds; null is Go's zero time: never, or before anybody looked. */
export type Instant = number | null;

/** image_gc_manager.go imageRecord. */
export interface ImageRecord {
  readonly firstDetectedMs: Instant;
  readonly lastUsedMs: Instant;
  readonly sizeBytes: number;
  readonly pinned: boolean;
  /** What people call it. */
  readonly name: string;
}

/** By image key. */
export type ImageRecords = Readonly<Record<string, ImageRecord>>;

/** An image as the runtime lists it. */
export interface ListedImage {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly pinned: boolean;
  /** Only where the runtime keeps images for each handler (gate RuntimeClassInImageCriApi). */
  readonly runtimeHandler?: string;
}

/** What an image is known by: its id, with its handler where there is one. */
export function imageKey({ id, runtimeHandler }: Pick<ListedImage, 'id' | 'runtimeHandler'>): string {
  return runtimeHandler === undefined ? id : `${id},${runtimeHandler}`;
}

/**
 * Brings the records up to date (detectImages): a new image was first detected at `detectedMs`, an image
 * in use was last used now, and what is no longer listed is forgotten.
 */
export function detectImages(
  records: ImageRecords,
  images: readonly ListedImage[],
  inUse: ReadonlySet<string>,
  { detectedMs, nowMs }: { readonly detectedMs: Instant; readonly nowMs: number },
): ImageRecords {
  const current = images.map((image): [string, ImageRecord] => {
    const key = imageKey(image);
    const known = records[key];
    const { sizeBytes, pinned, name } = image;
    return [
      key,
      {
        firstDetectedMs: known === undefined ? detectedMs : known.firstDetectedMs,
        lastUsedMs: inUse.has(key) ? nowMs : (known?.lastUsedMs ?? null),
        sizeBytes,
        pinned,
        name,
      },
    ];
  });
  return Object.fromEntries(current);
}

/** An image that may go. */
export interface EvictionInfo extends ImageRecord {
  readonly key: string;
}

/** Those neither in use nor pinned: by last use, then by first detection (imagesInEvictionOrder). */
export function imagesInEvictionOrder(
  records: ImageRecords,
  inUse: ReadonlySet<string>,
): readonly EvictionInfo[] {
  return Object.entries(records)
    .filter(([key, { pinned }]) => !pinned && !inUse.has(key))
    .map(([key, record]) => ({ key, ...record }))
    .sort(
      (a, b) =>
        compareInstants(a.lastUsedMs, b.lastUsedMs) || compareInstants(a.firstDetectedMs, b.firstDetectedMs),
    );
}

function compareInstants(a: Instant, b: Instant): number {
  const [earlier, later] = [a ?? Number.NEGATIVE_INFINITY, b ?? Number.NEGATIVE_INFINITY];
  if (earlier === later) return 0;
  return earlier < later ? -1 : 1;
}

/** How long ago `instant` was; without end for one that never was. */
export function sinceMs(nowMs: number, instant: Instant): number {
  return instant === null ? Number.POSITIVE_INFINITY : nowMs - instant;
}
