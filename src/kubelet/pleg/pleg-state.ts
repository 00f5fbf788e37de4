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
  /** Every pod of the cache is at least as new as this: when the newest relist that has come back was begun. */
  readonly cacheTimeMs: number;
  /** When that relist was begun; the evented PLEG lets `cacheTimeMs` go on without one. */
  readonly relistTimeMs: number;
  /** By pod UID: the event of the runtime that the cache of this pod was last made of. */
  readonly modifiedMs: Readonly<Record<string, number>>;
  /** Gate EventedPLEG: events come from the runtime's stream, until it has broken too often. */
  readonly evented?: EventedPleg;
  /** When the relist under way was begun; undefined while none is. */
  readonly relistBegunMs?: number;
  /** By container id: the termination message that was read; null while it is being read. */
  readonly terminationMessages: Readonly<Record<string, string | null>>;
}

export interface EventedPleg {
  /** False once the generic PLEG does all by itself again. */
  readonly inUse: boolean;
  /** How often the stream could not be opened, or broke. */
  readonly attempts: number;
}

export const NO_PLEG: Pleg = {
  records: {},
  cache: {},
  cacheTimeMs: -1,
  relistTimeMs: -1,
  modifiedMs: {},
  terminationMessages: {},
};
