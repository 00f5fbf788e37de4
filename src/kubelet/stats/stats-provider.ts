/** The stats provider: asks what the node and its pods use, and keeps what takes long to find out. */
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { quantityValue } from '../../api/quantity/scale.ts';
import type { MeasuredStats, MeasuredVolume, StatsSummary } from '../../api/stats.ts';
import type { EffectId, Owner } from '../../machines/effects.ts';
import { type Draft, emit, update } from '../draft.ts';
import { summarize } from './summary.ts';

/** What is kept of the volumes, because nobody walks through them each time. */
export interface StatsProvider {
  readonly volumes: readonly MeasuredVolume[];
  /** When they were looked at; undefined before the first time. */
  readonly volumesAtMs?: number;
}

export const NO_STATS: StatsProvider = { volumes: [] };

/** Asks for the statistics; volumes are looked at once in `volumeStatsAggPeriod` (volume_stat_calculator.go). */
export function readStats(draft: Draft, owner: Owner): EffectId {
  const { stats, config, nowMs } = draft.state;
  const dueMs = (stats.volumesAtMs ?? Number.NEGATIVE_INFINITY) + config.volumeStatsAggPeriodMs;
  return emit(draft, owner, { type: 'readStats', volumes: nowMs >= dueMs });
}

/** The summary of what came back. */
export function statsRead(draft: Draft, measured: MeasuredStats): StatsSummary {
  const { stats, workers, config } = draft.state;
  const volumes = measured.volumes ?? stats.volumes;
  if (measured.volumes !== undefined) update(draft, { stats: { volumes, volumesAtMs: measured.atMs } });
  const pods = Object.fromEntries(Object.entries(workers).map(([uid, { pod }]) => [uid, pod]));
  const reserved = [config.kubeReserved, config.systemReserved].map(({ memory }) =>
    memory === undefined ? 0 : quantityValue(mustParseQuantity(memory)),
  );
  const reservedMemoryBytes = reserved.reduce((sum, bytes) => sum + bytes, 0);
  return summarize({ measured, volumes, pods, reservedMemoryBytes });
}
