/** How large an emptyDir may become, and what follows when it does. */
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { quantityValue } from '../../api/quantity/scale.ts';

/** The bounds of one emptyDir, in bytes; one that is not set does not bound. */
export interface EmptyDirBounds {
  readonly sizeLimitBytes?: number;
  /** The memory limits of the pod's containers together, if all have one: what its cgroup may use. */
  readonly podMemoryLimitBytes?: number;
  readonly nodeMemoryBytes?: number;
}

/**
 * The size of the tmpfs that backs medium Memory: the smallest of the bounds (empty_dir.go
 * calculateEmptyDirMemorySize). A write beyond it fails; a disk's sizeLimit is watched by eviction instead.
 */
export function memoryBackedSizeBytes(bounds: EmptyDirBounds): number | undefined {
  const { sizeLimitBytes, podMemoryLimitBytes, nodeMemoryBytes } = bounds;
  // 0 means that there is no bound.
  const set = [sizeLimitBytes, podMemoryLimitBytes, nodeMemoryBytes].filter(
    (bound): bound is number => bound !== undefined && bound > 0,
  );
  return set.length === 0 ? undefined : Math.min(...set);
}

/** A quantity of a manifest in bytes. */
export function bytesOf(quantity: string | number): number {
  return quantityValue(mustParseQuantity(String(quantity)));
}
