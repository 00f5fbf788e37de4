/** Which thresholds are met, since when, and which of them is acted on first (pkg/kubelet/eviction/helpers.go). */

import {
  isMemorySignal,
  NODE_CONDITIONS,
  type NodeConditionType,
  type Signal,
} from '../../api/eviction/signals.ts';
import { amountOf, isHard, type Threshold, thresholdKey } from '../../api/eviction/thresholds.ts';
import { add, compare } from '../../api/quantity/quantity.ts';
import { availableOf, type Observations } from './observations.ts';

/** Since when a threshold has been met, epoch milliseconds. */
export interface FirstObserved {
  readonly threshold: Threshold;
  readonly atMs: number;
}

/** The thresholds whose signal has fallen below them, whatever their grace period (thresholdsMet). */
export function thresholdsMet(
  thresholds: readonly Threshold[],
  observations: Observations,
  enforceMinReclaim: boolean,
): readonly Threshold[] {
  return thresholds.filter(({ signal, value, minReclaim }) => {
    const observed = observations[signal];
    if (observed === undefined) return false;
    const amount = amountOf(value, observed.capacity);
    const wanted =
      enforceMinReclaim && minReclaim !== undefined
        ? add(amount, amountOf(minReclaim, observed.capacity))
        : amount;
    return compare(wanted, availableOf(signal, observed)) > 0;
  });
}

/** Both lists, a threshold of the second only where the first has none like it (mergeThresholds). */
export function mergeThresholds(
  first: readonly Threshold[],
  second: readonly Threshold[],
): readonly Threshold[] {
  const known = new Set(first.map(thresholdKey));
  return [...first, ...second.filter((threshold) => !known.has(thresholdKey(threshold)))];
}

/**
 * Since when each threshold has been met: now, unless it was met before (thresholdsFirstObservedAt).
 * @param before by `thresholdKey`.
 */
export function firstObservedAt(
  thresholds: readonly Threshold[],
  before: Readonly<Record<string, number>>,
  nowMs: number,
): readonly FirstObserved[] {
  return thresholds.map((threshold) => ({ threshold, atMs: before[thresholdKey(threshold)] ?? nowMs }));
}

/** Those that have been met for as long as their grace period asks (thresholdsMetGracePeriod). */
export function metForTheirGrace(observed: readonly FirstObserved[], nowMs: number): readonly Threshold[] {
  return observed
    .filter(({ threshold, atMs }) => nowMs - atMs >= threshold.gracePeriodMs)
    .map(({ threshold }) => threshold);
}

/**
 * Those whose signal was measured again since the last pass: nobody is evicted twice for one measurement
 * (thresholdsUpdatedStats).
 * @param lastMs when each signal was measured the last time.
 */
export function withNewStats(
  thresholds: readonly Threshold[],
  observations: Observations,
  lastMs: Readonly<Partial<Record<Signal, number>>>,
): readonly Threshold[] {
  return thresholds.filter(({ signal }) => {
    const observed = observations[signal];
    if (observed === undefined) return false;
    const before = lastMs[signal];
    return before === undefined || observed.atMs === undefined || observed.atMs > before;
  });
}

/**
 * Memory before everything else, and of the same kind hard thresholds before soft ones. The real kubelet goes
 * through a map, so that there the second is luck (byEvictionPriority).
 */
export function byEvictionPriority(thresholds: readonly Threshold[]): readonly Threshold[] {
  const rank = (each: Threshold) => (isMemorySignal(each.signal) ? 0 : 2) + (isHard(each) ? 0 : 1);
  return thresholds.toSorted((a, b) => rank(a) - rank(b));
}

export type ConditionTimes = Readonly<Partial<Record<NodeConditionType, number>>>;

/** When each condition was last seen; those of this pass just now (nodeConditionsLastObservedAt). */
export function conditionsLastObserved(
  conditions: readonly NodeConditionType[],
  before: ConditionTimes,
  nowMs: number,
): ConditionTimes {
  return { ...before, ...Object.fromEntries(conditions.map((condition) => [condition, nowMs])) };
}

/** The conditions that hold: seen less than the transition period ago (nodeConditionsObservedSince). */
export function conditionsWithin(
  lastObserved: ConditionTimes,
  transitionPeriodMs: number,
  nowMs: number,
): readonly NodeConditionType[] {
  return NODE_CONDITIONS.filter((condition) => {
    const atMs = lastObserved[condition];
    return atMs !== undefined && nowMs - atMs < transitionPeriodMs;
  });
}
