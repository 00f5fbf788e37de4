/** Limits on the node's own disk that a pod set for itself (eviction_manager.go localStorageEviction). */
import { formatQuantity } from '../../api/quantity/format.ts';
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { compare, isZero, type Quantity } from '../../api/quantity/quantity.ts';
import { aggregateContainers } from '../../api/resource-list.ts';
import type { PodStats } from '../../api/stats.ts';
import type { Container, Pod } from '../../api/types.ts';
import { storageLimitMessage } from './message.ts';
import { bytes } from './usage.ts';

const STORAGE = 'ephemeral-storage';

/** Whether the pod has any such limit. */
export function limitsStorage({ spec }: Pod): boolean {
  const limits = ({ resources }: Container) => resources?.limits?.[STORAGE] !== undefined;
  const { containers, initContainers = [], volumes = [] } = spec;
  return (
    containers.some(limits) ||
    initContainers.some(limits) ||
    volumes.some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined)
  );
}

/**
 * The message of the first limit that the pod exceeds; undefined when it keeps to all of them. Looked at in
 * this order: the size of each emptyDir, the pod's total, each container's.
 */
export function exceededStorageLimit(
  pod: Pod,
  stats: PodStats,
  dedicatedImageFs: boolean,
): string | undefined {
  return (
    exceededEmptyDir(pod, stats) ?? exceededPod(pod, stats) ?? exceededContainer(pod, stats, dedicatedImageFs)
  );
}

function exceededEmptyDir({ spec }: Pod, { volumes }: PodStats): string | undefined {
  for (const { name, emptyDir } of spec.volumes ?? []) {
    const limit = limitOf(emptyDir?.sizeLimit);
    if (limit === undefined) continue;
    const used = volumes.find((volume) => volume.name === name)?.usedBytes;
    if (used === undefined || isZero(limit)) continue;
    if (compare(bytes(used), limit) > 0) return storageLimitMessage.emptyDir(name, formatQuantity(limit));
  }
  return undefined;
}

function exceededPod({ spec }: Pod, { ephemeralStorage }: PodStats): string | undefined {
  const limit = aggregateContainers(spec, ({ resources }) => resources?.limits).get(STORAGE);
  if (limit === undefined || compare(bytes(ephemeralStorage?.usedBytes), limit) <= 0) return undefined;
  return storageLimitMessage.pod(formatQuantity(limit));
}

/** With a file system for images the writable layers lie there, and do not count against the node's disk. */
function exceededContainer(
  { spec }: Pod,
  { containers }: PodStats,
  dedicatedImageFs: boolean,
): string | undefined {
  for (const { name, logs, rootfs } of containers) {
    const container = spec.containers.find((each) => each.name === name);
    const limit = limitOf(container?.resources?.limits?.[STORAGE]);
    if (limit === undefined || isZero(limit)) continue;
    const used = (logs?.usedBytes ?? 0) + (dedicatedImageFs ? 0 : (rootfs?.usedBytes ?? 0));
    if (compare(limit, bytes(used)) < 0) return storageLimitMessage.container(name, formatQuantity(limit));
  }
  return undefined;
}

function limitOf(text: string | number | undefined): Quantity | undefined {
  return text === undefined ? undefined : mustParseQuantity(String(text));
}
