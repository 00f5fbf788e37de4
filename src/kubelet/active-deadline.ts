/** `activeDeadlineSeconds`: a pod that has been active for longer fails, whatever its containers do. */
import type { Pod, PodStatus } from '../api/types.ts';
import { parseTime } from '../lib/time.ts';

/** pkg/kubelet/active_deadline.go, reason and message. */
export const DEADLINE_EXCEEDED = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
} as const;

/** Whether the pod is past its deadline, counted from its start time (active_deadline.go pastActiveDeadline). */
export function pastActiveDeadline({ spec }: Pod, status: PodStatus | undefined, nowMs: number): boolean {
  const { activeDeadlineSeconds } = spec;
  if (activeDeadlineSeconds === undefined || status?.startTime === undefined) return false;
  const startMs = parseTime(String(status.startTime));
  if (startMs === undefined) return false;
  return nowMs - startMs >= Number(activeDeadlineSeconds) * 1_000;
}
