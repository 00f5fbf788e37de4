/** What the pod workers say of a pod to those who clean up after it. */
import { contentShouldBeRemoved, isKnownTerminated } from '../pod-worker/pod-workers.ts';
import type { KubeletState } from '../state.ts';
import type { PodStates } from './evict-containers.ts';

/** pod_workers.go, ShouldPodContentBeRemoved and ShouldPodRuntimeBeRemoved. */
export function podStatesOf({ podWorkers }: KubeletState): PodStates {
  const { statuses, podsSynced } = podWorkers;
  return {
    isDeleted: (podUid) => contentShouldBeRemoved(podWorkers, podUid),
    isTerminated: (podUid) =>
      statuses[podUid] === undefined ? podsSynced : isKnownTerminated(podWorkers, podUid),
  };
}

/** Until every source of pods has spoken, a pod that nobody wants may only not have been heard of. */
export function allSourcesReady({ podWorkers }: KubeletState): boolean {
  return podWorkers.podsSynced;
}
