/**
 * One pass of the eviction manager, as a pure decision: from what was measured to what is done about it.
 * Follows pkg/kubelet/eviction/eviction_manager.go synchronize.
 */

import {
  conditionsOf,
  type NodeConditionType,
  resourceOf,
  type Signal,
  type StarvedResource,
} from '../../api/eviction/signals.ts';
import { isHard, type Threshold, thresholdKey } from '../../api/eviction/thresholds.ts';
import type { StatsSummary } from '../../api/stats.ts';
import type { Pod } from '../../api/types.ts';
import { isCriticalPod } from '../critical-pod.ts';
import { type DiskLayout, withContainerFs } from './container-fs.ts';
import { exceededStorageLimit, limitsStorage } from './local-storage.ts';
import { evictionMessage } from './message.ts';
import {
  byEvictionPriority,
  type ConditionTimes,
  conditionsLastObserved,
  conditionsWithin,
  firstObservedAt,
  mergeThresholds,
  metForTheirGrace,
  thresholdsMet,
  withNewStats,
} from './met.ts';
import { type Observations, observationsOf } from './observations.ts';
import { rankingFor, rankPods } from './rank.ts';
import { statsByPod } from './usage.ts';

/** Grace of a pod that has to go at once, seconds (immediateEvictionGracePeriodSeconds; 0 before v1.31). */
const IMMEDIATE_GRACE_SECONDS = 1;

export interface EvictionConfig {
  readonly thresholds: readonly Threshold[];
  /** evictionMaxPodGracePeriod: the longest grace of a pod that goes for a soft threshold, seconds. */
  readonly maxPodGracePeriodSeconds: number;
  /** evictionPressureTransitionPeriod. */
  readonly pressureTransitionPeriodMs: number;
  /** localStorageCapacityIsolation: limits on local storage are enforced. */
  readonly localStorageIsolation: boolean;
  readonly layout: DiskLayout;
}

/** What a pass leaves to the next one; thresholds stand by their `thresholdKey`. */
export interface Memory {
  readonly nodeConditions: readonly NodeConditionType[];
  readonly conditionsLastObservedAt: ConditionTimes;
  readonly firstObservedAt: Readonly<Record<string, number>>;
  /** Met for their grace period, and not yet resolved. */
  readonly met: readonly string[];
  /** When each signal was measured. */
  readonly lastObservedAt: Readonly<Partial<Record<Signal, number>>>;
}

export const NO_MEMORY: Memory = {
  nodeConditions: [],
  conditionsLastObservedAt: {},
  firstObservedAt: {},
  met: [],
  lastObservedAt: {},
};

/** How one pod goes. */
export interface Eviction {
  readonly pod: Pod;
  readonly message: string;
  readonly graceSeconds: number;
  readonly annotations: Readonly<Record<string, string>>;
  /** It goes for the node's sake: the status says so with the condition DisruptionTarget. */
  readonly disruption: boolean;
}

/** The threshold that is acted on, and those that hold beside it. */
export interface Starvation {
  readonly threshold: Threshold;
  readonly resource: StarvedResource;
  readonly thresholds: readonly Threshold[];
  readonly observations: Observations;
}

export type Pass =
  | { readonly type: 'nothing' }
  /** Pods that broke limits of their own: all of them go. */
  | { readonly type: 'storageLimits'; readonly evictions: readonly Eviction[] }
  | { readonly type: 'starved'; readonly starvation: Starvation };

/** The thresholds in force, those of containerfs among them. */
export function thresholdsOf({ thresholds, layout }: EvictionConfig): readonly Threshold[] {
  return withContainerFs(thresholds, layout).thresholds;
}

/** Looks at what was measured; `pods` are those that hold something of the node. */
export function observe(
  memory: Memory,
  config: EvictionConfig,
  summary: StatsSummary,
  pods: readonly Pod[],
  nowMs: number,
): { readonly memory: Memory; readonly pass: Pass } {
  const inForce = thresholdsOf(config);
  const observations = observationsOf(summary);
  const before = inForce.filter((threshold) => memory.met.includes(thresholdKey(threshold)));
  const unresolved = thresholdsMet(before, observations, true);
  const met = mergeThresholds(thresholdsMet(inForce, observations, false), unresolved);
  const observed = firstObservedAt(met, memory.firstObservedAt, nowMs);
  const conditions = conditionsOf(met.map(({ signal }) => signal));
  const lastObserved = conditionsLastObserved(conditions, memory.conditionsLastObservedAt, nowMs);
  const ripe = metForTheirGrace(observed, nowMs);
  const after: Memory = {
    nodeConditions: conditionsWithin(lastObserved, config.pressureTransitionPeriodMs, nowMs),
    conditionsLastObservedAt: lastObserved,
    firstObservedAt: Object.fromEntries(
      observed.map(({ threshold, atMs }) => [thresholdKey(threshold), atMs]),
    ),
    met: ripe.map(thresholdKey),
    lastObservedAt: measuredAt(observations),
  };
  const evictions = config.localStorageIsolation ? overStorageLimits(pods, summary, config.layout) : [];
  if (evictions.length > 0) return { memory: after, pass: { type: 'storageLimits', evictions } };
  const thresholds = byEvictionPriority(withNewStats(ripe, observations, memory.lastObservedAt));
  const starvation = starvationOf(thresholds, observations);
  return { memory: after, pass: starvation ? { type: 'starved', starvation } : { type: 'nothing' } };
}

/** What the first of the thresholds asks for; undefined without any. */
export function starvationOf(
  thresholds: readonly Threshold[],
  observations: Observations,
): Starvation | undefined {
  const [threshold] = thresholds;
  if (threshold === undefined) return undefined;
  return { threshold, resource: resourceOf(threshold.signal), thresholds, observations };
}

function measuredAt(observations: Observations): Memory['lastObservedAt'] {
  const times = Object.entries(observations).flatMap(([signal, { atMs }]) =>
    atMs === undefined ? [] : [[signal, atMs] as const],
  );
  return Object.fromEntries(times);
}

/** Every pod that broke a limit on local storage; a critical pod stays all the same. */
function overStorageLimits(
  pods: readonly Pod[],
  summary: StatsSummary,
  { dedicatedImageFs }: DiskLayout,
): readonly Eviction[] {
  const limited = pods.filter(limitsStorage);
  if (limited.length === 0) return [];
  const statsOf = statsByPod(summary.pods);
  return limited.flatMap((pod) => {
    const stats = statsOf(pod);
    const message = stats && exceededStorageLimit(pod, stats, dedicatedImageFs);
    if (message === undefined || isCriticalPod(pod)) return [];
    return [{ pod, message, graceSeconds: IMMEDIATE_GRACE_SECONDS, annotations: {}, disruption: false }];
  });
}

/** What the node can give back by itself before a pod has to go. */
export type Reclaim = 'containers' | 'images';

/** helpers.go buildSignalToNodeReclaimFuncs. */
export function reclaimsFor(signal: Signal, layout: DiskLayout): readonly Reclaim[] {
  const [fileSystem] = signal.split('.');
  if (fileSystem !== 'nodefs' && fileSystem !== 'imagefs' && fileSystem !== 'containerfs') return [];
  if (!layout.dedicatedImageFs) return ['containers', 'images'];
  if (layout.separateContainerFs) return fileSystem === 'imagefs' ? ['images'] : ['containers'];
  return fileSystem === 'nodefs' ? [] : ['containers', 'images'];
}

/** After a reclaim: no threshold is met any more, minimum reclaim and all (reclaimNodeLevelResources). */
export function isRelieved(config: EvictionConfig, summary: StatsSummary): boolean {
  return thresholdsMet(thresholdsOf(config), observationsOf(summary), true).length === 0;
}

/** The pods in rank, and the one that goes: the first that may be evicted at all; undefined when none may. */
export interface Choice {
  readonly ranked: readonly Pod[];
  readonly victim: Eviction | undefined;
}

/** Ranks by what was measured; `pods` are those that hold something of the node. */
export function chooseVictim(
  { threshold, resource, thresholds, observations }: Starvation,
  config: EvictionConfig,
  summary: StatsSummary,
  pods: readonly Pod[],
): Choice {
  const statsOf = statsByPod(summary.pods);
  const ranked = rankPods(pods, statsOf, rankingFor(threshold.signal, config.layout));
  const pod = ranked.find((each) => !isCriticalPod(each));
  if (pod === undefined) return { ranked, victim: undefined };
  const text = evictionMessage(resource, pod, statsOf(pod), thresholds, observations);
  const graceSeconds = graceFor(threshold, pod, config);
  return { ranked, victim: { pod, ...text, graceSeconds, disruption: true } };
}

/** The configured longest grace or the pod's own, whichever is shorter (since v1.32). */
function graceFor(threshold: Threshold, { spec }: Pod, { maxPodGracePeriodSeconds }: EvictionConfig): number {
  if (isHard(threshold)) return IMMEDIATE_GRACE_SECONDS;
  return Math.min(maxPodGracePeriodSeconds, spec.terminationGracePeriodSeconds ?? maxPodGracePeriodSeconds);
}
