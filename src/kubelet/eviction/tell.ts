/** What a pass of the eviction manager tells: the node's conditions, what runs out, what is done about it. */

import { amountOf, isHard, type Threshold, thresholdKey } from '../../api/eviction/thresholds.ts';
import { formatQuantity } from '../../api/quantity/format.ts';
import type { StatsSummary } from '../../api/stats.ts';
import type { Pod } from '../../api/types.ts';
import { formatDuration } from '../../lib/time.ts';
import type { WhyKey } from '../../messages/why.ts';
import { type Draft, note, type Say } from '../draft.ts';
import { recordNodeEvent } from '../events/recorder.ts';
import { evictionThresholdMet } from '../events/texts.ts';
import { nodeOwner } from '../pleg/pleg.ts';
import { thresholdsMet } from './met.ts';
import { availableOf, observationsOf } from './observations.ts';
import { type EvictionConfig, type Memory, type Starvation, thresholdsOf } from './synchronize.ts';
import { EVICTION_WHERE } from './where.ts';

function tell(draft: Draft, event: string, say: Omit<Say, 'stage'>): void {
  const { object } = nodeOwner(draft.state, 'eviction');
  const conditions = draft.state.eviction.nodeConditions;
  const at = conditions.length > 0 ? conditions.join(' ') : 'noPressure';
  note(draft, 'eviction', object, event, at, { stage: 'evict', ...say });
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
  recordNodeEvent(draft, evictionThresholdMet(resource));
}

export function tellReclaim(draft: Draft, why: WhyKey): void {
  tell(draft, 'Reclaim', { why, where: EVICTION_WHERE.reclaim });
}

/** Half a minute was not enough for these pods to be gone. */
export function tellCleanup(draft: Draft, pods: readonly Pod[]): void {
  const values = { pods: pods.map(({ metadata }) => metadata.name).join(', ') };
  tell(draft, 'CleanupTimedOut', {
    why: 'eviction.cleanupTimedOut',
    values,
    where: EVICTION_WHERE.cleanup,
  });
}
