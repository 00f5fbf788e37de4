/**
 * From what a file says to the settings that the kubelet works with: defaults filled in, durations in
 * milliseconds. Follows pkg/kubelet/apis/config/v1beta1/defaults.go SetDefaults_KubeletConfiguration.
 */
import { parseGoDuration } from '../../lib/duration.ts';
import { isPlainMap, type Plain, type PlainMap } from '../manifest/plain.ts';
import { parseQuantity } from '../quantity/parse.ts';
import { quantityValue } from '../quantity/scale.ts';
import { type Field, internalName, isStruct, type Table } from './field.ts';
import { DEFAULT_EVICTION_HARD, FIELDS, type KubeletConfiguration } from './fields.ts';

/** The settings of a decoded file. */
export function defaultConfiguration(given: PlainMap): KubeletConfiguration {
  const config = internal(FIELDS, given) as KubeletConfiguration;
  return {
    ...config,
    // Whoever sets how often the status is computed has it reported as often.
    ...(isUnset(given.nodeStatusReportFrequency) &&
      !isUnset(given.nodeStatusUpdateFrequency) && {
        nodeStatusReportFrequencyMs: config.nodeStatusUpdateFrequencyMs,
      }),
    serializeImagePulls:
      given.serializeImagePulls === undefined
        ? (config.maxParallelImagePulls ?? 0) < 2
        : config.serializeImagePulls,
    podPidsLimit: Math.max(config.podPidsLimit, -1),
    ...(config.mergeDefaultEvictionSettings && {
      evictionHard: { ...DEFAULT_EVICTION_HARD.linux, ...config.evictionHard },
    }),
  };
}

/** The settings of a kubelet without a file. */
export const DEFAULT_CONFIGURATION: KubeletConfiguration = defaultConfiguration({});

function internal(rows: Table, given: PlainMap): Record<string, unknown> {
  const values = Object.entries(rows).map(([name, row]) => {
    const found = given[name];
    const value = isStruct(row) ? internal(row.rows, isPlainMap(found) ? found : {}) : settingOf(row, found);
    return [internalName(name, row), value];
  });
  return Object.fromEntries(values);
}

function settingOf(row: Field, given: Plain | undefined): unknown {
  if (given === undefined) return row.value;
  const value = row.kind === 'Duration' ? durationMs(given) : row.kind === 'Size' ? bytes(given) : given;
  const zero = value === 0 || value === '';
  return zero && !row.pointer ? row.value : value;
}

/** In Go a zero duration and none are the same. */
function isUnset(duration: Plain | undefined): boolean {
  return duration === undefined || durationMs(duration) === 0;
}

function durationMs(text: Plain): number {
  const parsed = parseGoDuration(String(text));
  return parsed.ok ? parsed.durationMs : 0;
}

/** A text that is no quantity is refused by validation; until then it is no size at all. */
function bytes(text: Plain): number {
  if (text === '') return 0;
  const parsed = parseQuantity(String(text));
  return parsed.ok ? quantityValue(parsed.quantity) : Number.NaN;
}
