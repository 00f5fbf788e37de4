/** What a pass of the eviction manager tells, as steps, events and lines of the log. */

import { amountOf, isHard, type Threshold, thresholdKey } from '../../api/eviction/thresholds.ts';
import { formatQuantity } from '../../api/quantity/format.ts';
import type { StatsSummary } from '../../api/stats.ts';
import type { Pod } from '../../api/types.ts';
import { formatDuration } from '../../lib/time.ts';
import type { WhyKey } from '../../messages/why.ts';
import { isCriticalPod } from '../critical-pod.ts';
import { type Draft, nodeOwner, note, type Say } from '../draft.ts';
import { recordNodeEvent } from '../events/recorder.ts';
import { evictionThresholdMet } from '../events/texts.ts';
import { kObj, type LogValues, logError, logInfo } from '../log/log.ts';
import { thresholdsMet } from './met.ts';
import { availableOf, observationsOf } from './observations.ts';
import {
  type EvictionConfig,
  type Memory,
  type Reclaim,
  type Starvation,
  thresholdsOf,
} from './synchronize.ts';
import { EVICTION_WHERE } from './where.ts';

const FILE = 'eviction_manager.go';

function tell(draft: Draft, event: string, say: Omit<Say, 'stage'>): void {
  const { object } = nodeOwner(draft.state, 'eviction');
  const conditions = draft.state.eviction.nodeConditions;
  const at = conditions.length > 0 ? conditions.join(' ') : 'noPressure';
  note(draft, 'eviction', object, event, at, { stage: 'evict', ...say });
}

const log = (draft: Draft, message: string, values?: LogValues) =>
  logInfo(draft, 0, FILE, `Eviction manager: ${message}`, values);

const namesOf = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name).join(', ');

export function logEvictionStarts(draft: Draft): void {
  log(draft, 'starting control loop');
}

/** How much is left, and how much should be. */
function figures(threshold: Threshold, summary: StatsSummary): Readonly<Record<string, string>> {
  const { signal, value, gracePeriodMs } = threshold;
  const observed = observationsOf(summary)[signal];
  if (observed === undefined) return { signal };
  return {
    signal,
    available: formatQuantity(availableOf(signal, observed)),
    threshold: formatQuantity(amountOf(value, observed.capacity)),
    grace: formatDuration(gracePeriodMs),
  };
}

/** Thresholds that are met for the first time, and conditions that began or ended. */
export function tellConditions(
  draft: Draft,
  before: Memory,
  config: EvictionConfig,
  summary: StatsSummary,
): void {
  const where = EVICTION_WHERE.synchronize;
  for (const threshold of thresholdsMet(thresholdsOf(config), observationsOf(summary), false)) {
    if (before.firstObservedAt[thresholdKey(threshold)] !== undefined) continue;
    const why = isHard(threshold) ? 'eviction.hardMet' : 'eviction.softMet';
    tell(draft, 'ThresholdMet', { why, values: figures(threshold, summary), where });
  }
  const { nodeConditions } = draft.state.eviction;
  const changed = (conditions: readonly string[], others: readonly string[], why: WhyKey) => {
    const news = conditions.filter((condition) => !others.includes(condition));
    const period = formatDuration(config.pressureTransitionPeriodMs);
    for (const condition of news) tell(draft, condition, { why, values: { condition, period }, where });
  };
  changed(nodeConditions, before.nodeConditions, 'eviction.pressure');
  changed(before.nodeConditions, nodeConditions, 'eviction.pressureOver');
}

/** Something is going to be done about it. */
export function tellStarvation(draft: Draft, { resource }: Starvation): void {
  const where = EVICTION_WHERE.synchronize;
  tell(draft, 'EvictionThresholdMet', { why: 'eviction.attempt', values: { resource }, where });
  log(draft, 'attempting to reclaim', { resourceName: resource });
  recordNodeEvent(draft, evictionThresholdMet(resource));
}

const RECLAIMS = { containers: 'eviction.reclaimContainers', images: 'eviction.reclaimImages' } as const;

/** The node gives back what it can by itself. */
export function tellReclaim(draft: Draft, reclaim: Reclaim): void {
  tell(draft, 'Reclaim', { why: RECLAIMS[reclaim], where: EVICTION_WHERE.reclaim });
}

/** What the node gave back was enough. */
export function tellRelief(draft: Draft, resourceName: string): void {
  tell(draft, 'Relieved', { why: 'eviction.relieved', where: EVICTION_WHERE.reclaim });
  log(draft, 'able to reduce resource pressure without evicting pods.', { resourceName });
}

/** Pods have to go, in this order; those that nobody may evict are passed over. */
export function tellRanking(
  draft: Draft,
  { resource }: Starvation,
  ranked: readonly Pod[],
  victim: Pod | undefined,
): void {
  log(draft, 'must evict pod(s) to reclaim', { resourceName: resource });
  log(draft, 'pods ranked for eviction', { pods: ranked.map(kObj) });
  const passed = ranked.slice(0, victim === undefined ? ranked.length : ranked.indexOf(victim));
  for (const pod of passed.filter(isCriticalPod)) {
    logError(draft, FILE, undefined, 'Eviction manager: cannot evict a critical pod', { pod: kObj(pod) });
  }
  const where = EVICTION_WHERE.synchronize;
  if (victim !== undefined) {
    tell(draft, 'Ranked', { why: 'eviction.ranked', values: { pods: namesOf(ranked) }, where });
    return;
  }
  tell(draft, 'NoVictim', { why: 'eviction.noVictim', where });
  log(draft, 'unable to evict any pods from the node');
}

/** The kills are over; what is left of the pods is waited for. */
export function logKilled(draft: Draft, pods: readonly Pod[]): void {
  for (const pod of pods) log(draft, 'pod is evicted successfully', { pod: kObj(pod) });
  log(draft, 'pods evicted, waiting for pod to be cleaned up', { pods: pods.map(kObj) });
}

/** Nothing is left of the pods, or half a minute was not enough for `left` of them. */
export function tellCleanup(draft: Draft, pods: readonly Pod[], left: readonly Pod[]): void {
  if (left.length === 0) {
    log(draft, 'pods successfully cleaned up', { pods: pods.map(kObj) });
    return;
  }
  const values = { pods: namesOf(left) };
  tell(draft, 'CleanupTimedOut', { why: 'eviction.cleanupTimedOut', values, where: EVICTION_WHERE.cleanup });
  log(draft, 'timed out waiting for pods to be cleaned up', { pods: pods.map(kObj) });
}
