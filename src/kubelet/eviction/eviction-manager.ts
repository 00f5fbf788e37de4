/**
 * The eviction manager: every ten seconds it measures, tells the node's conditions of pressure, and when a
 * threshold holds, has something reclaimed or one pod evicted; then it waits until that pod is gone.
 * Follows pkg/kubelet/eviction/eviction_manager.go Start and synchronize.
 */

import { thresholdKey } from '../../api/eviction/thresholds.ts';
import type { StatsSummary } from '../../api/stats.ts';
import type { EffectId } from '../../machines/effects.ts';
import type { EffectError, EffectResult } from '../../machines/events.ts';
import { type Draft, nodeOwner, refOf, stateOf, update } from '../draft.ts';
import { startTimer } from '../loop-timer.ts';
import { activePods } from '../pod-worker/active-pods.ts';
import { killIsOver } from '../pod-worker/kill-pod-now.ts';
import { readStats, statsRead } from '../stats/stats-provider.ts';
import { evictionConfig } from './config.ts';
import { observationsOf } from './observations.ts';
import {
  chooseVictim,
  type Eviction,
  type EvictionConfig,
  isRelieved,
  type Memory,
  NO_MEMORY,
  observe,
  type Reclaim,
  reclaimsFor,
  type Starvation,
  starvationOf,
  thresholdsOf,
} from './synchronize.ts';
import {
  logEvictionStarts,
  logKilled,
  tellCleanup,
  tellConditions,
  tellRanking,
  tellReclaim,
  tellRelief,
  tellStarvation,
} from './tell.ts';

export const EVICTION_TIMER = 'eviction/synchronize';

/** kubelet.go evictionMonitoringPeriod. */
export const EVICTION_MONITORING_PERIOD_MS = 10_000;

/** eviction_manager.go podCleanupTimeout and podCleanupPollFreq. */
export const CLEANUP_TIMEOUT_MS = 30_000;
export const CLEANUP_POLL_MS = 1_000;

/** An attempt to relieve the node, while it gives back what it can by itself. */
interface Attempt {
  /** What was measured when it began; the pods are ranked by this. */
  readonly summary: StatsSummary;
  /** The pods of that instant: one that has come since has no statistics, and would be first in rank. */
  readonly podUids: readonly string[];
  /** By `thresholdKey`, the one that is acted on first. */
  readonly thresholds: readonly string[];
  /** Still to be reclaimed, in order. */
  readonly reclaims: readonly Reclaim[];
}

type Phase =
  | { readonly at: 'resting' }
  | { readonly at: 'measuring'; readonly effectId: EffectId; readonly attempt?: Attempt }
  | { readonly at: 'reclaiming'; readonly attempt: Attempt }
  /** `untilMs` is set once nobody waits for the kills any more. */
  | { readonly at: 'awaitingCleanup'; readonly podUids: readonly string[]; readonly untilMs?: number };

/** Its slice. `nodeConditions` are what node status and admission go by. */
export interface EvictionManager extends Memory {
  readonly phase: Phase;
}

export const NO_EVICTION: EvictionManager = { ...NO_MEMORY, phase: { at: 'resting' } };

/** What the sync loop has to do for it. */
export type EvictionWork =
  | { readonly type: 'nothing' }
  | { readonly type: 'reclaim'; readonly reclaim: Reclaim }
  | { readonly type: 'evict'; readonly evictions: readonly Eviction[] };

const NOTHING: EvictionWork = { type: 'nothing' };

function setPhase(draft: Draft, phase: Phase): void {
  update(draft, { eviction: { ...draft.state.eviction, phase } });
}

function rest(draft: Draft): EvictionWork {
  setPhase(draft, { at: 'resting' });
  startTimer(draft, EVICTION_TIMER, EVICTION_MONITORING_PERIOD_MS);
  return NOTHING;
}

/** Without thresholds and limits there is nothing to look for (synchronize, its first lines). */
function looksForNothing({ config }: Draft['state']): boolean {
  const { thresholds, localStorageIsolation } = evictionConfig(config, {});
  return thresholds.length === 0 && !localStorageIsolation;
}

function measure(draft: Draft, attempt?: Attempt): void {
  const effectId = readStats(draft, nodeOwner(draft.state, EVICTION_TIMER));
  setPhase(draft, { at: 'measuring', effectId, ...(attempt && { attempt }) });
}

/** The kubelet has started, and its runtime answers. */
export function startEviction(draft: Draft): void {
  logEvictionStarts(draft);
  evictionDue(draft);
}

/** Time for a pass, or for a look at whether the evicted pods are gone. */
export function evictionDue(draft: Draft): void {
  const { phase } = draft.state.eviction;
  if (phase.at === 'awaitingCleanup' && !isCleanedUp(draft, phase)) {
    startTimer(draft, EVICTION_TIMER, CLEANUP_POLL_MS);
  } else if (looksForNothing(draft.state)) rest(draft);
  else measure(draft);
}

/** First the kills are waited for, then, for half a minute, that nothing of the pods is left. */
function isCleanedUp(draft: Draft, phase: Extract<Phase, { at: 'awaitingCleanup' }>): boolean {
  const { workers, nowMs } = draft.state;
  const pods = phase.podUids.flatMap((uid) => workers[uid]?.pod ?? []);
  const untilMs = phase.untilMs ?? nowMs + CLEANUP_TIMEOUT_MS;
  if (phase.untilMs === undefined) {
    if (!pods.every((pod) => killIsOver(draft, pod))) return false;
    logKilled(draft, pods);
    setPhase(draft, { ...phase, untilMs });
  }
  const left = pods.filter((pod) => stateOf(draft, refOf('podWorker', pod)) !== 'terminated.finished');
  if (left.length > 0 && nowMs < untilMs) return false;
  tellCleanup(draft, pods, left);
  return true;
}

/** The measurements have come, or could not be made. */
export function evictionMeasured(
  draft: Draft,
  effectId: EffectId,
  result: EffectResult | EffectError,
): EvictionWork {
  const { phase } = draft.state.eviction;
  if (phase.at !== 'measuring' || phase.effectId !== effectId) return NOTHING;
  const { attempt } = phase;
  const summary = 'type' in result && result.type === 'stats' ? statsRead(draft, result.measured) : undefined;
  if (attempt === undefined) return summary === undefined ? rest(draft) : synchronize(draft, summary);
  const config = evictionConfig(draft.state.config, attempt.summary.node);
  if (summary === undefined || !isRelieved(config, summary)) return evictOne(draft, config, attempt);
  tellRelief(draft, starvationAgain(config, attempt)?.resource ?? '');
  return rest(draft);
}

/** One pass. */
function synchronize(draft: Draft, summary: StatsSummary): EvictionWork {
  const { eviction, nowMs } = draft.state;
  const config = evictionConfig(draft.state.config, summary.node);
  const pods = activePods(draft.state);
  const { memory, pass } = observe(eviction, config, summary, pods, nowMs);
  update(draft, { eviction: { ...memory, phase: eviction.phase } });
  tellConditions(draft, eviction, config, summary);
  switch (pass.type) {
    case 'nothing':
      return rest(draft);
    case 'storageLimits':
      return evict(draft, pass.evictions);
    case 'starved': {
      const { starvation } = pass;
      tellStarvation(draft, starvation);
      const reclaims = reclaimsFor(starvation.threshold.signal, config.layout);
      const podUids = pods.map(({ metadata }) => metadata.uid);
      const thresholds = starvation.thresholds.map(thresholdKey);
      const attempt = { summary: { ...summary }, podUids, thresholds, reclaims };
      return reclaims.length > 0 ? reclaimNext(draft, attempt) : evictOne(draft, config, attempt);
    }
  }
}

/** What was to be reclaimed is, as far as it went. */
export function reclaimed(draft: Draft, reclaim: Reclaim): EvictionWork {
  const { phase } = draft.state.eviction;
  if (phase.at !== 'reclaiming' || phase.attempt.reclaims[0] !== reclaim) return NOTHING;
  const [, ...reclaims] = phase.attempt.reclaims;
  return reclaimNext(draft, { ...phase.attempt, reclaims });
}

function reclaimNext(draft: Draft, attempt: Attempt): EvictionWork {
  const [reclaim] = attempt.reclaims;
  if (reclaim === undefined) {
    measure(draft, attempt);
    return NOTHING;
  }
  setPhase(draft, { at: 'reclaiming', attempt });
  tellReclaim(draft, reclaim);
  return { type: 'reclaim', reclaim };
}

function evictOne(draft: Draft, config: EvictionConfig, attempt: Attempt): EvictionWork {
  const starvation = starvationAgain(config, attempt);
  if (starvation === undefined) return rest(draft);
  const { summary, podUids } = attempt;
  const pods = activePods(draft.state).filter(({ metadata }) => podUids.includes(metadata.uid));
  const { ranked, victim } = chooseVictim(starvation, config, summary, pods);
  tellRanking(draft, starvation, ranked, victim?.pod);
  return victim === undefined ? rest(draft) : evict(draft, [victim]);
}

/** The thresholds of an attempt, looked up again in the configuration. */
function starvationAgain(config: EvictionConfig, { summary, thresholds }: Attempt): Starvation | undefined {
  const inForce = thresholdsOf(config);
  const found = thresholds.flatMap((key) => inForce.find((each) => thresholdKey(each) === key) ?? []);
  return starvationOf(found, observationsOf(summary));
}

function evict(draft: Draft, evictions: readonly Eviction[]): EvictionWork {
  const podUids = evictions.map(({ pod }) => pod.metadata.uid);
  setPhase(draft, { at: 'awaitingCleanup', podUids });
  startTimer(draft, EVICTION_TIMER, CLEANUP_POLL_MS);
  return { type: 'evict', evictions };
}
