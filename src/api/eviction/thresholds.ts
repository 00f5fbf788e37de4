/** Eviction thresholds as the configuration writes them, read into values (pkg/kubelet/eviction/helpers.go). */

import { parseDuration } from '../../lib/duration.ts';
import { formatQuantity } from '../quantity/format.ts';
import { parseQuantity } from '../quantity/parse.ts';
import { compare, isZero, type Quantity, quantity, ZERO } from '../quantity/quantity.ts';
import { isSignal, type Signal } from './signals.ts';

/** Either an amount, or a share of the capacity: 0.1 is 10 %. */
export type ThresholdValue =
  | { readonly quantity: Quantity; readonly percentage?: undefined }
  | { readonly percentage: number; readonly quantity?: undefined };

export interface Threshold {
  readonly signal: Signal;
  /** The only operator there is. */
  readonly operator: 'LessThan';
  readonly value: ThresholdValue;
  /** How long a soft threshold must be met before pods go; 0 for a hard one. */
  readonly gracePeriodMs: number;
  /** How far above the value the signal must rise again, once acted on. */
  readonly minReclaim?: ThresholdValue;
}

/** The KubeletConfiguration's five fields that make the thresholds. */
export interface ThresholdConfig {
  readonly enforceNodeAllocatable: readonly string[];
  readonly evictionHard: Readonly<Record<string, string>>;
  readonly evictionSoft: Readonly<Record<string, string>>;
  readonly evictionSoftGracePeriod: Readonly<Record<string, string>>;
  readonly evictionMinimumReclaim: Readonly<Record<string, string>>;
}

/** Those of them that say something of each signal. */
type MapField = Exclude<keyof ThresholdConfig, 'enforceNodeAllocatable'>;

type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

const good = <T>(value: T): Parsed<T> => ({ ok: true, value });
const bad = (error: string): { readonly ok: false; readonly error: string } => ({ ok: false, error });

/** A mistake, and the field that it is in. */
type Misconfigured = { readonly ok: false; readonly error: string; readonly field: MapField };

/** All thresholds of a configuration, hard ones first; the first mistake is told (ParseThresholdConfig). */
export function parseThresholdConfig(
  config: ThresholdConfig,
): { readonly ok: true; readonly value: readonly Threshold[] } | Misconfigured {
  const hard = parseEach(config, 'evictionHard', parseThreshold);
  if (!hard.ok) return hard;
  const soft = parseEach(config, 'evictionSoft', parseThreshold);
  if (!soft.ok) return soft;
  const graces = parseEach(config, 'evictionSoftGracePeriod', parseGracePeriod);
  if (!graces.ok) return graces;
  const reclaims = parseEach(config, 'evictionMinimumReclaim', parseMinReclaim);
  if (!reclaims.ok) return reclaims;
  const thresholds: Threshold[] = [];
  const add = (signal: Signal, value: ThresholdValue | undefined, gracePeriodMs: number) => {
    if (value === undefined) return;
    const minReclaim = reclaims.value.get(signal);
    thresholds.push({
      signal,
      operator: 'LessThan',
      value,
      gracePeriodMs,
      ...(minReclaim === undefined ? {} : { minReclaim }),
    });
  };
  for (const [signal, value] of hard.value) add(signal, value, 0);
  for (const [signal, value] of soft.value) {
    const graceMs = graces.value.get(signal);
    if (value !== undefined && graceMs === undefined) {
      const error = `grace period must be specified for the soft eviction threshold ${signal}`;
      return { ok: false, error, field: 'evictionSoft' };
    }
    add(signal, value, graceMs ?? 0);
  }
  const value = config.enforceNodeAllocatable.includes('pods') ? addAllocatable(thresholds) : thresholds;
  return { ok: true, value };
}

/** What all pods together may have is watched as the node's memory is (addAllocatableThresholds). */
export function addAllocatable(thresholds: readonly Threshold[]): readonly Threshold[] {
  const hardMemory = thresholds.filter((each) => each.signal === 'memory.available' && isHard(each));
  return [
    ...thresholds,
    ...hardMemory.map((each) => ({ ...each, signal: 'allocatableMemory.available' as const })),
  ];
}

/** Acted on at once. */
export function isHard({ gracePeriodMs }: Threshold): boolean {
  return gracePeriodMs === 0;
}

/** compareThresholdValue. */
export function sameValue(a: ThresholdValue, b: ThresholdValue): boolean {
  if (a.quantity === undefined || b.quantity === undefined) {
    return a.quantity === b.quantity && a.percentage === b.percentage;
  }
  return compare(a.quantity, b.quantity) === 0;
}

/** What the value comes to on a node of this capacity (api/types.go GetThresholdQuantity). */
export function amountOf(value: ThresholdValue, capacity: number): Quantity {
  if (value.quantity !== undefined) return value.quantity;
  return quantity(Math.trunc(capacity * value.percentage), 0, 'BinarySI');
}

/** Names the threshold among its like in the state: by signal, value and grace period. */
export function thresholdKey({ signal, value, gracePeriodMs }: Threshold): string {
  const text = value.quantity === undefined ? `${value.percentage}` : formatQuantity(value.quantity);
  return `${signal}<${text}/${gracePeriodMs}`;
}

/** A share such as `10.5%`, as the 32-bit number that Kubernetes keeps it in (parsePercentage). */
export function parsePercentage(text: string): Parsed<number> {
  const digits = text.replace(/%+$/, '');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits)) {
    return bad(`strconv.ParseFloat: parsing ${JSON.stringify(digits)}: invalid syntax`);
  }
  return good(Math.fround(Math.fround(Number(digits)) / 100));
}

function parseEach<T>(
  config: ThresholdConfig,
  field: MapField,
  parse: (signal: Signal, text: string) => Parsed<T>,
): { readonly ok: true; readonly value: ReadonlyMap<Signal, T> } | Misconfigured {
  const values = new Map<Signal, T>();
  for (const [signal, text] of Object.entries(config[field])) {
    const parsed = isSignal(signal) ? parse(signal, text) : bad(`unsupported eviction signal ${signal}`);
    if (!parsed.ok) return { ...parsed, field };
    values.set(signal as Signal, parsed.value);
  }
  return { ok: true, value: values };
}

/** 0 % and 100 % switch a threshold off: undefined (parseThresholdStatement). */
function parseThreshold(signal: Signal, text: string): Parsed<ThresholdValue | undefined> {
  if (text.endsWith('%')) {
    if (text === '0%' || text === '100%') return good(undefined);
    const percentage = parsePercentage(text);
    if (!percentage.ok) return percentage;
    if (percentage.value < 0) return bad(`eviction percentage threshold ${signal} must be >= 0%: ${text}`);
    if (percentage.value > 1) return bad(`eviction percentage threshold ${signal} must be <= 100%: ${text}`);
    return good({ percentage: percentage.value });
  }
  const parsed = parseQuantity(text);
  if (!parsed.ok) return parsed;
  if (compare(parsed.quantity, ZERO) <= 0)
    return bad(`eviction threshold ${signal} must be positive: ${text}`);
  return good({ quantity: parsed.quantity });
}

function parseGracePeriod(_signal: Signal, text: string): Parsed<number> {
  if (/^-./.test(text) && parseDuration(text.slice(1)) !== undefined) {
    return bad(`invalid eviction grace period specified: ${text}, must be a positive value`);
  }
  const graceMs = parseDuration(text);
  return graceMs === undefined ? bad(`time: invalid duration ${JSON.stringify(text)}`) : good(graceMs);
}

/** parseMinimumReclaims. */
function parseMinReclaim(signal: Signal, text: string): Parsed<ThresholdValue> {
  if (text.endsWith('%')) {
    const percentage = parsePercentage(text);
    if (!percentage.ok) return percentage;
    if (percentage.value <= 0) {
      return bad(`eviction percentage minimum reclaim ${signal} must be positive: ${text}`);
    }
    return good({ percentage: percentage.value });
  }
  const parsed = parseQuantity(text);
  if (!parsed.ok) return parsed;
  const negative = compare(parsed.quantity, ZERO) < 0 && !isZero(parsed.quantity);
  return negative
    ? bad(`negative eviction minimum reclaim specified for ${signal}`)
    : good({ quantity: parsed.quantity });
}
