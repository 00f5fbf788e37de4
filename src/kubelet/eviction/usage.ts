/** What a pod uses and what it asked for, as the ranking and the messages count it (pkg/kubelet/eviction/helpers.go). */
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { add, isZero, type Quantity, quantity, ZERO } from '../../api/quantity/quantity.ts';
import { aggregateContainers } from '../../api/resource-list.ts';
import type { FsUsage, PodStats } from '../../api/stats.ts';
import type { Pod } from '../../api/types.ts';
import { isLocalEphemeralVolume } from '../volumes/local-ephemeral.ts';

/** What lies on a file system: writable layers, logs, volumes on the node's disk. */
export type FsPart = 'rootfs' | 'logs' | 'localVolumes';

/** The statistics of a pod; undefined when it has none. */
export type StatsOf = (pod: Pod) => PodStats | undefined;

/** Finds a pod's statistics by its UID (cachedStatsFunc). */
export function statsByPod(pods: readonly PodStats[]): StatsOf {
  const byUid = new Map(pods.map((stats) => [stats.podUid, stats]));
  return ({ metadata }) => byUid.get(metadata.uid);
}

/** Bytes of an amount in memory or on disk. */
export function bytes(amount: number | undefined): Quantity {
  return quantity(amount ?? 0, 0, 'BinarySI');
}

/**
 * What the whole pod asks for of a resource; pod-level requests win, overhead comes on top of a request
 * (pkg/api/v1/resource/helpers.go GetResourceRequestQuantity).
 */
export function podRequest({ spec }: Pod, resource: string): Quantity {
  const podLevel = spec.resources?.requests?.[resource];
  const request =
    podLevel === undefined
      ? (aggregateContainers(spec, ({ resources }) => resources?.requests).get(resource) ?? ZERO)
      : mustParseQuantity(String(podLevel));
  const overhead = spec.overhead?.[resource];
  if (overhead === undefined || isZero(request)) return request;
  return add(request, mustParseQuantity(String(overhead)));
}

/** Memory that cannot be taken back, in bytes. */
export function memoryUsage({ memory }: PodStats): Quantity {
  return bytes(memory?.workingSetBytes);
}

/** Bytes and inodes of the parts that are asked for (podDiskUsage). */
export function diskUsage(stats: PodStats, pod: Pod, parts: readonly FsPart[]): Required<FsUsage> {
  const local = new Set(localVolumeNames(pod));
  const usages = [
    ...(parts.includes('rootfs') ? stats.containers.map(({ rootfs }) => rootfs) : []),
    ...(parts.includes('logs') ? stats.containers.map(({ logs }) => logs) : []),
    ...(parts.includes('localVolumes') ? stats.volumes.filter(({ name }) => local.has(name)) : []),
  ];
  return {
    usedBytes: usages.reduce((sum, usage) => sum + (usage?.usedBytes ?? 0), 0),
    inodesUsed: usages.reduce((sum, usage) => sum + (usage?.inodesUsed ?? 0), 0),
  };
}

/** Volumes on the node's own disk: hostPath, and those that end with the pod. */
function localVolumeNames({ spec }: Pod): readonly string[] {
  return (spec.volumes ?? [])
    .filter((volume) => volume.hostPath !== undefined || isLocalEphemeralVolume(volume))
    .map(({ name }) => name);
}
