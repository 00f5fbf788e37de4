/** Which dead sandboxes go: never one with a container, and never the newest of a pod that is still wanted. */
import { newestFirst, type PodStates } from './evict-containers.ts';

/** What the collector looks at in a sandbox. */
export interface SandboxGcInfo {
  readonly id: string;
  readonly podUid: string;
  readonly attempt: number;
  readonly createdAtMs: number;
  /** It is ready, or still has a container, dead or alive. */
  readonly active: boolean;
}

/** The sandboxes to remove, in the order of their removal (kuberuntime_gc.go evictSandboxes). */
export function sandboxesToEvict(
  sandboxes: readonly SandboxGcInfo[],
  pods: PodStates,
  evictTerminatedPods: boolean,
): readonly SandboxGcInfo[] {
  const byPod = new Map<string, SandboxGcInfo[]>();
  for (const sandbox of sandboxes) {
    byPod.set(sandbox.podUid, [...(byPod.get(sandbox.podUid) ?? []), sandbox]);
  }
  return [...byPod].flatMap(([podUid, own]) => {
    const over = pods.isDeleted(podUid) || (evictTerminatedPods && pods.isTerminated(podUid));
    const older = own.sort(newestFirst).slice(over ? 0 : 1);
    return older.filter(({ active }) => !active).reverse();
  });
}
