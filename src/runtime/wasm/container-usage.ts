/** A container's stats from what the thread measured; the CPU rate is that since the last time anyone asked. */
import type { ContainerStats } from '../../api/cri.ts';
import type { ContainerRecord } from './records.ts';
import type { Usage } from './thread/protocol.ts';

/** `usage` is of this moment; the record keeps it for the next rate. */
export function containerUsage(record: ContainerRecord, nowMs: number, usage: Usage): ContainerStats {
  const sample = record.cpuSample ?? { atMs: record.life.startedAtMs, usedNs: 0 };
  const usedNs = usage.cpuUsageCoreNanoSeconds;
  const elapsedSeconds = (nowMs - sample.atMs) / 1000;
  const rate = elapsedSeconds > 0 ? Math.max(0, Math.round((usedNs - sample.usedNs) / elapsedSeconds)) : 0;
  if (elapsedSeconds > 0) record.cpuSample = { atMs: nowMs, usedNs };
  return { id: record.id, atMs: nowMs, cpuUsageNanoCores: rate, logBytes: record.logBytes(), ...usage };
}
