/** container-gc.json: dead containers, sandboxes and log directories. */
import {
  type ContainerGcPolicy,
  containersToEvict,
  type PodStates,
} from '../../../src/kubelet/container-gc/evict-containers.ts';
import { sandboxesToEvict } from '../../../src/kubelet/container-gc/evict-sandboxes.ts';
import { logDirectoriesToEvict } from '../../../src/kubelet/container-gc/log-directories.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

const NOW_MS = Date.UTC(2026, 0, 1);

/** Nanoseconds of the epoch, or now. */
const instantMs = (createdAt: number | 'now') => (createdAt === 'now' ? NOW_MS : createdAt / 1e6);

/** The file's words on pods: one named deleted does not exist, one named running still runs. */
const PODS: PodStates = {
  isDeleted: (pod) => pod === 'deleted',
  isTerminated: (pod) => pod !== 'running',
};

const remaining = (count: number, removed: readonly { readonly id: string }[]) =>
  Array.from({ length: count }, (_, index) => index).filter(
    (index) => !removed.some(({ id }) => id === String(index)),
  );

interface Containers {
  readonly policy: { minAgeSeconds: number; maxPerPodContainer: number; maxContainers: number };
  readonly containers: readonly {
    readonly pod: string;
    readonly container: string;
    readonly attempt: number;
    readonly createdAt: number | 'now';
    readonly state: string;
  }[];
  readonly evictTerminatedPods: boolean;
  readonly allSourcesReady: boolean;
}

function containers({ input, expected }: VectorCase<Containers, object>) {
  const { minAgeSeconds, ...limits } = input.policy;
  const policy: ContainerGcPolicy = { ...limits, minAgeMs: minAgeSeconds * 1000 };
  const infos = input.containers.map(({ pod, container, attempt, createdAt, state }, index) => ({
    id: String(index),
    podUid: pod,
    name: container,
    attempt,
    createdAtMs: instantMs(createdAt),
    running: state === 'RUNNING',
    unknown: state === 'UNKNOWN',
  }));
  const { evictTerminatedPods, allSourcesReady } = input;
  const removed = containersToEvict(infos, PODS, {
    policy,
    allSourcesReady,
    evictTerminatedPods,
    nowMs: NOW_MS,
  });
  const calls = removed.flatMap(({ unknown }) => [...(unknown ? ['StopContainer'] : []), 'RemoveContainer']);
  return { remain: remaining(infos.length, removed), ...('calls' in expected ? { calls } : {}) };
}

interface Sandboxes {
  readonly sandboxes: readonly {
    readonly pod: string;
    readonly attempt: number;
    readonly state: string;
    readonly podKnown: boolean;
    readonly createdAt: number | 'now';
  }[];
  readonly containers: readonly { readonly pod: string; readonly sandboxAttempt: number }[];
  readonly evictTerminatedPods: boolean;
}

function sandboxes({ input }: VectorCase<Sandboxes>) {
  const known = new Set(input.sandboxes.filter(({ podKnown }) => podKnown).map(({ pod }) => pod));
  const infos = input.sandboxes.map(({ pod, attempt, state, createdAt }, index) => ({
    id: String(index),
    podUid: pod,
    attempt,
    createdAtMs: instantMs(createdAt),
    active:
      state === 'READY' || input.containers.some((one) => one.pod === pod && one.sandboxAttempt === attempt),
  }));
  const pods = { ...PODS, isDeleted: (pod: string) => !known.has(pod) };
  return { remain: remaining(infos.length, sandboxesToEvict(infos, pods, input.evictTerminatedPods)) };
}

interface LogDirectories {
  readonly directories: readonly string[];
  readonly existingPodUIDs: readonly string[];
  readonly allSourcesReady: boolean;
}

function logDirectories({ input }: VectorCase<LogDirectories>) {
  const { directories, existingPodUIDs, allSourcesReady } = input;
  const isDeleted = (uid: string) => !existingPodUIDs.includes(uid);
  return { removed: logDirectoriesToEvict(directories, isDeleted, allSourcesReady) };
}

export default {
  groups: { containers, sandboxes, 'log-directories': logDirectories },
} satisfies VectorAdapter;
