/** How much disk images may take: the settings of the image garbage collector, and what the usage asks for. */
import type { KubeletConfiguration } from '../../../api/kubelet-configuration/fields.ts';

export interface ImageGcPolicy {
  /** At this usage of the image filesystem or above, images are removed. */
  readonly highThresholdPercent: number;
  /** Down to this usage. */
  readonly lowThresholdPercent: number;
  /** An image that was first seen less than this ago stays. */
  readonly minAgeMs: number;
  /** An image unused for longer than this goes, however much room there is; 0: it may stay. */
  readonly maxAgeMs: number;
}

/** The policy that the kubelet's configuration asks for. */
export function imageGcPolicy(config: KubeletConfiguration): ImageGcPolicy {
  return {
    highThresholdPercent: config.imageGCHighThresholdPercent,
    lowThresholdPercent: config.imageGCLowThresholdPercent,
    minAgeMs: config.imageMinimumGCAgeMs,
    maxAgeMs: config.imageMaximumGCAgeMs,
  };
}

/** kubelet.go imageGCPeriod. */
export const IMAGE_GC_PERIOD_MS = 300_000;

/** What is wrong with the settings; undefined when nothing is (image_gc_manager.go NewImageGCManager). */
export function validateImageGcPolicy(policy: ImageGcPolicy): string | undefined {
  const { highThresholdPercent: high, lowThresholdPercent: low } = policy;
  if (high < 0 || high > 100) return `invalid HighThresholdPercent ${high}, must be in range [0-100]`;
  if (low < 0 || low > 100) return `invalid LowThresholdPercent ${low}, must be in range [0-100]`;
  if (low <= high) return undefined;
  return `LowThresholdPercent ${low} can not be higher than HighThresholdPercent ${high}`;
}

/** Whether the collector runs at all (kubelet.go StartGarbageCollection). */
export function imageGcEnabled({ highThresholdPercent, maxAgeMs }: ImageGcPolicy): boolean {
  return highThresholdPercent < 100 || maxAgeMs > 0;
}

/** The image filesystem, in bytes. */
export interface ImageFilesystem {
  readonly capacityBytes: number;
  readonly availableBytes: number;
}

export interface ImageFilesystemUse {
  readonly usagePercent: number;
  readonly capacityBytes: number;
  /** Undefined below the high threshold. */
  readonly bytesToFree: number | undefined;
}

/** What the usage asks for; undefined for a filesystem without any capacity (GarbageCollect). */
export function imageFilesystemUse(
  { capacityBytes, availableBytes }: ImageFilesystem,
  { highThresholdPercent, lowThresholdPercent }: ImageGcPolicy,
): ImageFilesystemUse | undefined {
  if (capacityBytes === 0) return undefined;
  const available = Math.min(availableBytes, capacityBytes);
  const usagePercent = 100 - Math.trunc((available * 100) / capacityBytes);
  const isHigh = usagePercent >= highThresholdPercent;
  const wanted = Math.trunc((capacityBytes * (100 - lowThresholdPercent)) / 100);
  return { usagePercent, capacityBytes, bytesToFree: isHigh ? wanted - available : undefined };
}
