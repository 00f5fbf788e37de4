/** Which dead containers go: the decision of the container garbage collector, and nothing else. */

/** pkg/kubelet/container/container_gc.go GCPolicy. A negative limit means no limit. */
export interface ContainerGcPolicy {
  /** A container younger than this stays, whatever else holds. */
  readonly minAgeMs: number;
  /** Dead records kept of one container of one pod. */
  readonly maxPerPodContainer: number;
  /** Dead records kept on the whole node. */
  readonly maxContainers: number;
}

/** What the collector looks at in a container. */
export interface ContainerGcInfo {
  readonly id: string;
  readonly podUid: string;
  readonly name: string;
  readonly attempt: number;
  readonly createdAtMs: number;
  readonly running: boolean;
  /** The runtime does not know its state: it may run, so it is stopped first. */
  readonly unknown: boolean;
}

/** What the pod workers say of a pod (pod_workers.go, ShouldPodContentBeRemoved and ShouldPodRuntimeBeRemoved). */
export interface PodStates {
  readonly isDeleted: (podUid: string) => boolean;
  readonly isTerminated: (podUid: string) => boolean;
}

export interface EvictContainersOptions {
  readonly policy: ContainerGcPolicy;
  /** Until every source of pods has spoken, no pod counts as deleted. */
  readonly allSourcesReady: boolean;
  /** The node is short of disk: what is left of pods that have ended goes too. */
  readonly evictTerminatedPods: boolean;
  readonly nowMs: number;
}

/**
 * The containers to remove, in the order of their removal: oldest first within each group
 * (kuberuntime_gc.go evictContainers).
 */
export function containersToEvict(
  containers: readonly ContainerGcInfo[],
  pods: PodStates,
  { policy, allSourcesReady, evictTerminatedPods, nowMs }: EvictContainersOptions,
): readonly ContainerGcInfo[] {
  const removed: ContainerGcInfo[] = [];
  const units = evictUnits(containers, nowMs - policy.minAgeMs);
  const keepNewest = (count: number) => {
    for (const [key, unit] of units) units.set(key, dropOldest(unit, count, removed));
  };
  if (allSourcesReady) {
    for (const [key, unit] of units) {
      const podUid = unit[0]?.podUid ?? '';
      if (!pods.isDeleted(podUid) && !(evictTerminatedPods && pods.isTerminated(podUid))) continue;
      dropOldest(unit, 0, removed);
      units.delete(key);
    }
  }
  if (policy.maxPerPodContainer >= 0) keepNewest(policy.maxPerPodContainer);
  const left = () => [...units.values()].flat();
  if (policy.maxContainers >= 0 && left().length > policy.maxContainers) {
    // An equal number for each, and at least one; only then the oldest of them all.
    keepNewest(Math.max(1, Math.floor(policy.maxContainers / units.size)));
    dropOldest(left(), policy.maxContainers, removed);
  }
  return removed;
}

/** The containers that may go at all, by pod and name (evictableContainers). */
function evictUnits(
  containers: readonly ContainerGcInfo[],
  newestMs: number,
): Map<string, readonly ContainerGcInfo[]> {
  const units = new Map<string, readonly ContainerGcInfo[]>();
  for (const container of containers) {
    if (container.running || container.createdAtMs > newestMs) continue;
    const key = `${container.podUid}/${container.name}`;
    units.set(key, [...(units.get(key) ?? []), container]);
  }
  return units;
}

/** Keeps the `keep` newest; the others are added to `removed`, the oldest first (removeOldestN). */
function dropOldest(
  containers: readonly ContainerGcInfo[],
  keep: number,
  removed: ContainerGcInfo[],
): readonly ContainerGcInfo[] {
  if (containers.length <= keep) return containers;
  const sorted = [...containers].sort(newestFirst);
  removed.push(...sorted.slice(keep).reverse());
  return sorted.slice(0, keep);
}

/** Newest first, as the collector sorts containers and sandboxes (byAttempt, sandboxByAttempt). */
export function newestFirst(
  a: { readonly attempt: number; readonly createdAtMs: number },
  b: { readonly attempt: number; readonly createdAtMs: number },
): number {
  return b.attempt - a.attempt || b.createdAtMs - a.createdAtMs;
}
