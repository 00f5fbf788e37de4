/** The stats provider: asks what the node and its pods use, and makes the summary that others decide by. */
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { quantityValue } from '../../api/quantity/scale.ts';
import type { MeasuredStats, MeasuredVolume, StatsSummary } from '../../api/stats.ts';
import type { EffectId, Owner } from '../../machines/effects.ts';
import { type Draft, emit, update } from '../draft.ts';
import { summarize } from './summary.ts';

/** What a volume takes is found out for its pod only now and then (volume_stat_calculator.go). */
export interface StatsProvider {
  readonly volumes: readonly MeasuredVolume[];
  /** When they were looked at; undefined before the first time. */
  readonly volumesAtMs?: number;
}

export const NO_STATS: StatsProvider = { volumes: [] };

/** Asks for the statistics. */
export function readStats(draft: Draft, owner: Owner): EffectId {
  return emit(draft, owner, { type: 'readStats' });
}

/** The summary of what came back; the volumes in it are at most `volumeStatsAggPeriod` old. */
export function statsRead(draft: Draft, measured: MeasuredStats): StatsSummary {
  const { stats, workers, config } = draft.state;
  const dueMs = (stats.volumesAtMs ?? Number.NEGATIVE_INFINITY) + config.volumeStatsAggPeriodMs;
  if (measured.atMs >= dueMs)
    update(draft, { stats: { volumes: measured.volumes, volumesAtMs: measured.atMs } });
  const podOf = (podUid: string) => workers[podUid]?.pod;
  const reserved = [config.kubeReserved, config.systemReserved].map(({ memory }) =>
    memory === undefined ? 0 : quantityValue(mustParseQuantity(memory)),
  );
  const reservedMemoryBytes = reserved.reduce((sum, bytes) => sum + bytes, 0);
  return summarize({ measured, volumes: draft.state.stats.volumes, podOf, reservedMemoryBytes });
}
