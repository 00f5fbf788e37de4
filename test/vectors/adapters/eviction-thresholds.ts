/** eviction-thresholds.json against src/kubelet/eviction. */

import {
  conditionsOf,
  type NodeConditionType,
  resourceOf,
  type Signal,
} from '../../../src/api/eviction/signals.ts';
import {
  addAllocatable,
  parsePercentage,
  parseThresholdConfig,
  sameValue,
  type Threshold,
  type ThresholdConfig,
  type ThresholdValue,
  thresholdKey,
} from '../../../src/api/eviction/thresholds.ts';
import { DEFAULT_CONFIGURATION } from '../../../src/api/kubelet-configuration/defaulting.ts';
import { mustParseQuantity } from '../../../src/api/quantity/parse.ts';
import { quantityValue } from '../../../src/api/quantity/scale.ts';
import type { StatsSummary } from '../../../src/api/stats.ts';
import { withContainerFs } from '../../../src/kubelet/eviction/container-fs.ts';
import { EVICTION_MONITORING_PERIOD_MS } from '../../../src/kubelet/eviction/eviction-manager.ts';
import {
  byEvictionPriority,
  conditionsLastObserved,
  conditionsWithin,
  firstObservedAt,
  metForTheirGrace,
  thresholdsMet,
  withNewStats,
} from '../../../src/kubelet/eviction/met.ts';
import { type Observation, observationsOf } from '../../../src/kubelet/eviction/observations.ts';
import { parseDuration } from '../../../src/lib/duration.ts';
import { formatDuration, parseTime } from '../../../src/lib/time.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

interface Words {
  readonly signal: Signal;
  readonly operator: string;
  readonly value: string;
  readonly gracePeriod?: string;
  readonly minReclaim?: string;
}

const percentage = (text: string) => {
  const parsed = parsePercentage(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};
const amountIn = (text: string): ThresholdValue =>
  text.endsWith('%') ? { percentage: percentage(text) } : { quantity: mustParseQuantity(text) };
const graceOf = (text: string) => parseDuration(text) ?? Number.NaN;

const thresholdOf = ({ signal, value, gracePeriod, minReclaim }: Words): Threshold => ({
  signal,
  operator: 'LessThan',
  value: amountIn(value),
  gracePeriodMs: gracePeriod === undefined ? 0 : graceOf(gracePeriod),
  ...(minReclaim === undefined ? {} : { minReclaim: amountIn(minReclaim) }),
});

/** A threshold that is only its signal. */
const bare = (signal: Signal, gracePeriodMs = 0): Threshold =>
  ({ signal, operator: 'LessThan', value: amountIn('1'), gracePeriodMs }) as const;

/** Every text of the input: an amount is written back as the case wrote it. */
function textsIn(input: unknown): string[] {
  if (typeof input === 'string') return [input];
  return typeof input === 'object' && input !== null ? Object.values(input).flatMap(textsIn) : [];
}

function wordsOf(thresholds: readonly Threshold[], input: unknown): Words[] {
  const texts = textsIn(input);
  const isValue = (text: string, value: ThresholdValue) =>
    /^[+-]?[0-9.]/.test(text) && !/[a-z]s$|^\d+s$/.test(text) && sameValue(amountIn(text), value);
  const value = (of: ThresholdValue) => texts.find((text) => isValue(text, of)) ?? JSON.stringify(of, big);
  return thresholds.map(({ signal, operator, value: amount, gracePeriodMs, minReclaim }) => ({
    signal,
    operator,
    value: value(amount),
    ...(gracePeriodMs === 0 ? {} : { gracePeriod: texts.find((text) => graceOf(text) === gracePeriodMs) }),
    ...(minReclaim === undefined ? {} : { minReclaim: value(minReclaim) }),
  }));
}

const big = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

/** Thresholds are sets: those that are expected in the order in which they are, the others behind. */
function asSet<T>(actual: readonly T[], expected: unknown): T[] {
  const order = Array.isArray(expected) ? expected.map((item) => textOf(item)) : [];
  const place = (item: T) => {
    const index = order.indexOf(textOf(item));
    return index < 0 ? order.length : index;
  };
  return actual.toSorted((a, b) => place(a) - place(b));
}

const textOf = (item: unknown) =>
  JSON.stringify(Object.entries(Object(item)).toSorted(([a], [b]) => (a < b ? -1 : 1)));

const seconds = (times: Readonly<Record<string, number>>, factor: number) =>
  Object.fromEntries(Object.entries(times).map(([key, at]) => [key, at * factor]));

interface Amount {
  readonly available: string | number;
  readonly capacity?: string | number;
}
const bytes = (text: string | number | undefined) =>
  text === undefined ? 0 : quantityValue(mustParseQuantity(String(text)));
const observation = ({ available, capacity }: Amount): Observation => ({
  available: bytes(available),
  capacity: bytes(capacity),
});
const each = <T, R>(of: Readonly<Record<string, T>>, change: (value: T) => R) =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key, change(value)]));

/** The word under which the case expects a number. */
const keyOf = (expected: unknown, otherwise: string) =>
  Object.keys(Object(expected)).find((key) => key !== 'error' && key !== 'note') ?? otherwise;

const adapter: VectorAdapter = {
  groups: {
    parse: ({ input, expected }: VectorCase<ThresholdConfig, { thresholds?: Words[] }>) => {
      const parsed = parseThresholdConfig(input);
      if (!parsed.ok) return { error: true };
      return { thresholds: asSet(wordsOf(parsed.value, input), expected.thresholds) };
    },
    'add-allocatable': ({
      input,
      expected,
    }: VectorCase<{ thresholds: Words[] }, { thresholds: Words[] }>) => ({
      thresholds: asSet(
        wordsOf(addAllocatable(input.thresholds.map(thresholdOf)), input),
        expected.thresholds,
      ),
    }),
    'order-thresholds': ({ input }: VectorCase<{ signals: Signal[] }>) => ({
      signals: byEvictionPriority(input.signals.map((signal) => bare(signal))).map(({ signal }) => signal),
    }),
    observe: ({ input }: VectorCase<{ stats: StatsSummary; signal: Signal }>) => {
      const observed = observationsOf({ node: input.stats.node, pods: [] })[input.signal];
      return { available: observed?.available, capacity: observed?.capacity };
    },
    met: ({
      input,
      expected,
    }: VectorCase<
      { thresholds: Words[]; observations: Record<string, Amount>; enforceMinReclaim: boolean },
      { met: Words[] }
    >) => {
      const observations = each(input.observations, observation);
      const met = thresholdsMet(input.thresholds.map(thresholdOf), observations, input.enforceMinReclaim);
      return { met: asSet(wordsOf(met, input), expected.met) };
    },
    'updated-stats': ({
      input,
    }: VectorCase<{
      signals: Signal[];
      observations: Record<string, { time: string }>;
      last: Record<string, { time: string }>;
    }>) => {
      const timeOf = ({ time }: { time: string }) => parseTime(time) ?? Number.NaN;
      const observations = each(input.observations, (at) => ({
        available: 0,
        capacity: 0,
        atMs: timeOf(at),
      }));
      const updated = withNewStats(
        input.signals.map((signal) => bare(signal)),
        observations,
        each(input.last, timeOf),
      );
      return { signals: updated.map(({ signal }) => signal) };
    },
    'first-observed-at': ({
      input,
    }: VectorCase<{ signals: Signal[]; last: Record<string, number>; now: number }>) => {
      const thresholds = input.signals.map((signal) => bare(signal));
      const before = Object.fromEntries(
        Object.entries(input.last).map(([signal, at]) => [thresholdKey(bare(signal as Signal)), at * 1000]),
      );
      const observed = firstObservedAt(thresholds, before, input.now * 1000);
      const times = observed.map(({ threshold, atMs }) => [threshold.signal, atMs / 1000]);
      return { firstObservedAt: Object.fromEntries(times) };
    },
    'met-grace-period': ({
      input,
    }: VectorCase<{
      now: number;
      observed: { threshold: string; graceSeconds: number; observedAt: number }[];
    }>) => {
      const observed = input.observed.map(({ threshold, graceSeconds, observedAt }) => ({
        name: threshold,
        threshold: bare('memory.available', graceSeconds * 1000),
        atMs: observedAt * 1000,
      }));
      const met = metForTheirGrace(observed, input.now * 1000);
      return {
        met: observed.filter(({ threshold }) => met.includes(threshold)).map(({ name }) => name),
      };
    },
    'node-conditions': ({ input }: VectorCase<{ signals: Signal[] }>) => ({
      conditions: conditionsOf(input.signals),
    }),
    'starved-resource': ({ input }: VectorCase<{ signal: Signal }>) => ({
      resource: resourceOf(input.signal),
    }),
    'conditions-last-observed-at': ({
      input,
    }: VectorCase<{ conditions: NodeConditionType[]; last: Record<string, number>; now: number }>) => ({
      lastObservedAt: seconds(
        conditionsLastObserved(input.conditions, seconds(input.last, 1000), input.now * 1000),
        0.001,
      ),
    }),
    'conditions-observed-since': ({
      input,
    }: VectorCase<{
      lastObservedAt: Record<string, number>;
      transitionPeriodSeconds: number;
      now: number;
    }>) => ({
      conditions: conditionsWithin(
        seconds(input.lastObservedAt, 1000),
        input.transitionPeriodSeconds * 1000,
        input.now * 1000,
      ),
    }),
    'parse-percentage': ({ input, expected }: VectorCase<{ text: string }>) => {
      const parsed = parsePercentage(input.text);
      if (!parsed.ok) return { error: true };
      const error = 'error' in Object(expected) ? { error: false } : {};
      // The shortest decimal that is this 32-bit number.
      return { ...error, [keyOf(expected, 'percentage')]: Number(parsed.value.toPrecision(7)) };
    },
    'threshold-value-equal': ({
      input,
    }: VectorCase<Record<'a' | 'b', { quantity?: string; percentage?: number }>>) => {
      const [a, b] = [input.a, input.b].map(
        ({ quantity, percentage = 0 }): ThresholdValue =>
          quantity === undefined ? { percentage } : { quantity: mustParseQuantity(quantity) },
      ) as [ThresholdValue, ThresholdValue];
      return { equal: sameValue(a, b), symmetric: sameValue(a, b) === sameValue(b, a) };
    },
    'derive-containerfs': ({
      input,
      expected,
    }: VectorCase<
      { thresholds: Words[]; dedicatedImageFs: boolean; separateContainerFs: boolean },
      { containerFs: Words[] }
    >) => {
      const { thresholds, conflict } = withContainerFs(input.thresholds.map(thresholdOf), input);
      const own = thresholds.filter(({ signal }) => signal.startsWith('containerfs.'));
      return { error: conflict, containerFs: asSet(wordsOf(own, input), expected.containerFs) };
    },
    defaults: () => {
      const { evictionHard, evictionPressureTransitionPeriodMs } = DEFAULT_CONFIGURATION;
      return {
        evictionHard,
        evictionPressureTransitionPeriod: formatDuration(evictionPressureTransitionPeriodMs),
        evictionMonitoringInterval: formatDuration(EVICTION_MONITORING_PERIOD_MS),
      };
    },
  },
};
export default adapter;
