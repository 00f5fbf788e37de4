/**
 * The kubelet's whole state: plain, immutable data, one slice a manager. Nothing else is remembered
 * between two turns, so a state can be written down, read back and gone on from.
 */
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import type { Pod, PodPhase, PodStatus } from '../api/types.ts';
import { type RandomState, seedRandom } from '../lib/random.ts';
import type { EffectId } from '../machines/effects.ts';
import type { KubeletEvent } from '../machines/events.ts';
import type { MachineSnapshot } from '../machines/run-machine.ts';
import { type AllocationManager, NO_ALLOCATIONS } from './allocation/allocation-manager.ts';
import type { Backoff } from './backoff/backoff.ts';
import { configuredWindow, newCrashLoopBackoff } from './backoff/crash-loop.ts';
import { type ConfigSources, NO_SOURCES } from './config-sources/sources-state.ts';
import type { ContainerGc } from './container-gc/container-gc.ts';
import type { PodDirectories } from './container-gc/pod-directories.ts';
import { type CpuManager, NO_CPU_MANAGER } from './cpu-manager/cpu-manager.ts';
import { type EventCorrelator, NO_EVENTS } from './events/correlator.ts';
import { type EvictionManager, NO_EVICTION } from './eviction/eviction-manager.ts';
import { newImagePullState } from './images/ensure.ts';
import { type ImageGc, NO_IMAGE_GC } from './images/gc/image-gc.ts';
import type { ImageManager } from './images/image-manager.ts';
import { NO_PULLS } from './images/pull-queue.ts';
import { type LeaseSlice, NO_LEASE } from './lease/lease.ts';
import { type ContainerLogs, NO_CONTAINER_LOGS } from './logs/container-log-manager.ts';
import { CLUSTER_CONFIGURATION, type MachineInfo, machineOf, type NodeConfig } from './node-config.ts';
import type { NodeShutdown } from './node-shutdown/node-shutdown.ts';
import { NO_NODE_STATUS, type NodeStatusSlice } from './node-status/node-slice.ts';
import type { ObjectCache } from './objects/object-cache.ts';
import { NO_PLEG, type Pleg } from './pleg/pleg-state.ts';
import { NO_POD_WORKERS, type PodWorkers } from './pod-worker/pod-workers.ts';
import type { PodWorker } from './pod-worker/worker-state.ts';
import type { Preemption } from './preemption/preempt.ts';
import { NO_PROBE_RESULTS } from './probes/results.ts';
import type { ProbeWorkersState } from './probes/workers.ts';
import type { RuntimeState } from './runtime-state/runtime-state.ts';
import { OPEN_GATE, type SyncGate } from './runtime-state/sync-gate.ts';
import { NO_STATS, type StatsProvider } from './stats/stats-provider.ts';
import type { StatusSource } from './status/source.ts';
import type { StartErrors } from './status/start-error.ts';
import { NO_VOLUMES, type VolumeManager } from './volumes/volume-slice.ts';

/** What the status manager knows of one pod. */
export interface PodStatusRecord {
  readonly status: PodStatus;
  /** The phase that the containers add up to; while they could still run, a terminal one is not told yet. */
  readonly computedPhase: PodPhase;
  /** Counts the versions of the status; the API server has `postedVersion`. */
  readonly version: number;
  readonly postedVersion: number;
  /** What the status was generated from last; the same again gives the same again. */
  readonly source?: StatusSource;
  /** The object that has it: the pod, or a static pod's mirror, which may be made anew. */
  readonly postedTo?: string;
  /** The patch on its way, where it goes and the version it carries; another one waits for its outcome. */
  readonly patch?: { readonly effectId: EffectId; readonly version: number; readonly target: string };
  /** The deletion of the object is on its way. */
  readonly deleting: boolean;
}

/** A probe that was sent out and has no answer yet. */
export interface ProbeUnderWay {
  readonly effectId: EffectId;
  readonly containerId: string;
  /** Counts from 1: a probe that could not be run is tried again at once. */
  readonly tries: number;
}

/** A pod's machines by key; those of the node itself lie under the empty UID. */
export type PodMachines = Readonly<Record<string, MachineSnapshot>>;

export interface KubeletState {
  /** The instant of the event being handled, epoch milliseconds. */
  readonly nowMs: number;
  /** When the kubelet started; undefined before. */
  readonly startedMs?: number;
  /** What the kubelet was told in its configuration file, and the defaults for the rest. */
  readonly config: KubeletConfiguration;
  readonly node: NodeConfig;
  readonly nextEffectId: EffectId;
  /** The first of this kubelet process: answers to what an earlier one asked concern nobody any more. */
  readonly firstEffectId: EffectId;
  readonly random: RandomState;
  /** The stream that the periods of heartbeats are drawn from. */
  readonly heartbeatRandom: RandomState;
  /**
   * Every machine, by its pod's UID and its key: `pod/<uid>`, `worker/<uid>`, `sandbox/<uid>`, `container/<uid>/<name>`,
   * `storedImage/<id>`, `image/<uid>/<container>`, `volume/<uid>/<name>`, `probe/<uid>/<container>/<kind>`.
   */
  readonly machines: Readonly<Record<string, PodMachines>>;
  /** What each config source said, and which have spoken. */
  readonly sources: ConfigSources;
  /** The pod manager: what the sources want, by UID. */
  readonly pods: Readonly<Record<string, Pod>>;
  /** The pod manager: the mirrors of static pods that the API server has, by UID. */
  readonly mirrorPods: Readonly<Record<string, Pod>>;
  /** The pod workers' records: how far the life of each pod has come. */
  readonly podWorkers: PodWorkers;
  /** The pod workers' syncs, by pod UID. */
  readonly workers: Readonly<Record<string, PodWorker>>;
  /** The pods whose workers are not idle, as their machines say; of most nodes those are few. */
  readonly busyWorkers: readonly string[];
  /** What the informers have seen of the objects that pods refer to, by `<kind>/<namespace>/<name>`. */
  readonly objects: ObjectCache;
  readonly pleg: Pleg;
  /** What the runtime last said of itself. */
  readonly runtime: RuntimeState;
  /** Whether the sync loop runs, and what waits for it. */
  readonly gate: SyncGate;
  readonly nodeStatus: NodeStatusSlice;
  readonly lease: LeaseSlice;
  /** The reason cache, by pod UID. */
  readonly startErrors: Readonly<Record<string, StartErrors>>;
  readonly statuses: Readonly<Record<string, PodStatusRecord>>;
  /** From the first announcement of a shutdown on. */
  readonly shutdown?: NodeShutdown;
  /** What was recorded before, so that the same news is counted and too much of it dropped. */
  readonly events: EventCorrelator;
  /** What takes long to measure, as it was last found. */
  readonly stats: StatsProvider;
  readonly eviction: EvictionManager;
  /** What pods were promised, and the resizes that wait. */
  readonly allocation: AllocationManager;
  /** Which CPUs containers have for themselves. */
  readonly cpuManager: CpuManager;
  /** Why the kubelet has ended; from then on nothing reaches it. */
  readonly exited?: string;
  readonly crashBackoff: Backoff;
  readonly images: ImageManager;
  readonly imageGc: ImageGc;
  readonly containerGc: ContainerGc;
  readonly podDirectories: PodDirectories;
  readonly containerLogs: ContainerLogs;
  /** The probe workers and the results that syncs read. */
  readonly probes: ProbeWorkersState;
  /** The probes under way, by probe worker. */
  readonly probing: Readonly<Record<string, ProbeUnderWay>>;
  readonly volumes: VolumeManager;
  /** A critical pod that waits until others have made room for it. */
  readonly preemption?: Preemption;
}

export interface InitialStateOptions {
  readonly nowMs: number;
  readonly runtimeName: string;
  readonly allocatable: NodeConfig['allocatable'];
  /** Left out: a machine that has just what pods may have. */
  readonly machine?: MachineInfo;
  /** What nothing is said of in a file has its default. */
  readonly config?: KubeletConfiguration;
}

/** A kubelet that has not started: its name, address and seed come with the event `KubeletStarted`. */
export function initialState(options: InitialStateOptions): KubeletState {
  const { nowMs, runtimeName, allocatable, config = CLUSTER_CONFIGURATION } = options;
  const machine = options.machine ?? machineOf(allocatable);
  return {
    nowMs,
    config,
    node: { nodeName: '', hostIP: '', runtimeName, machine, allocatable },
    nextEffectId: 1,
    firstEffectId: 1,
    random: seedRandom(0),
    heartbeatRandom: seedRandom(0),
    machines: {},
    sources: NO_SOURCES,
    pods: {},
    mirrorPods: {},
    podWorkers: NO_POD_WORKERS,
    workers: {},
    busyWorkers: [],
    objects: {},
    pleg: NO_PLEG,
    runtime: {},
    gate: OPEN_GATE,
    nodeStatus: NO_NODE_STATUS,
    lease: NO_LEASE,
    startErrors: {},
    statuses: {},
    events: NO_EVENTS,
    stats: NO_STATS,
    eviction: NO_EVICTION,
    allocation: NO_ALLOCATIONS,
    cpuManager: NO_CPU_MANAGER,
    crashBackoff: newCrashLoopBackoff(configuredWindow(config)),
    images: {
      pulls: newImagePullState(nowMs, { qps: config.registryPullQPS, burst: config.registryBurst }),
      queue: NO_PULLS,
      records: {},
    },
    imageGc: NO_IMAGE_GC,
    containerGc: {},
    containerLogs: NO_CONTAINER_LOGS,
    podDirectories: { unseen: true, waits: [], told: [] },
    probes: { workers: {}, results: NO_PROBE_RESULTS },
    probing: {},
    volumes: NO_VOLUMES,
  };
}

/** A kubelet process begins: what an earlier one remembered is gone, except where the node keeps it. */
export function startedState(
  before: KubeletState,
  event: Extract<KubeletEvent, { type: 'KubeletStarted' }>,
): KubeletState {
  const { node, nextEffectId, config } = before;
  const { nodeName, hostIP, seed, atMs } = event;
  return {
    ...initialState({ ...node, nowMs: atMs, config: event.config ?? config }),
    node: { ...node, nodeName, hostIP },
    nextEffectId,
    firstEffectId: nextEffectId,
    random: seedRandom(seed),
    heartbeatRandom: seedRandom(~seed),
    startedMs: atMs,
  };
}

/** A slice without one entry; the same slice when it was not there. */
export function without<T>(slice: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  if (!Object.hasOwn(slice, key)) return slice;
  const { [key]: _gone, ...rest } = slice;
  return rest;
}
