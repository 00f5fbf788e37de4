/** What PLEG remembers: the state of every container at the last relist, and the cache that syncs read. */
import type { RuntimePod } from '../runtime-pod.ts';

/** PLEG's words for a container or sandbox (pkg/kubelet/pleg/generic.go plegContainerState). */
export type PlegContainerState = 'running' | 'exited' | 'unknown' | 'non-existent';

export interface Pleg {
  /** By pod UID, then by container or sandbox id: what the relist before saw. */
  readonly records: Readonly<Record<string, Readonly<Record<string, PlegContainerState>>>>;
  /** By pod UID: the runtime's view of each pod (kubecontainer.Cache). */
  readonly cache: Readonly<Record<string, RuntimePod>>;
  /** The runtime's answer that the cache was made of; undefined once a pod was read past it. */
  readonly answer?: readonly object[];
  /** When the newest relist that has come back was begun; the cache is as new as this. */
  readonly cacheTimeMs: number;
  /** When the relist under way was begun; undefined while none is. */
  readonly relistBegunMs?: number;
  /** By container id: the termination message that was read; null while it is being read. */
  readonly terminationMessages: Readonly<Record<string, string | null>>;
}

export const NO_PLEG: Pleg = { records: {}, cache: {}, cacheTimeMs: -1, terminationMessages: {} };
