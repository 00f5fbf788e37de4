/** The status of a pod that the kubelet ends of its own accord: evicted, preempted, shut down with its node. */
import type { PodStatus } from '../../api/types.ts';
import { withTransitionTimes } from './merge.ts';

/** What the status of such a pod says (KillPodOptions.PodStatusFunc). */
export interface PodEnding {
  /** For example `Evicted`, `Preempting`. */
  readonly reason: string;
  readonly message: string;
  /** The message of its condition DisruptionTarget; undefined: it has none. */
  readonly disruption?: string;
  /** A pod whose containers all succeed meanwhile keeps that phase. */
  readonly keepsSuccess?: boolean;
}

/** The status that was generated, as the pod's ending has it. */
export function endedStatus(
  status: PodStatus,
  { reason, message, disruption, keepsSuccess }: PodEnding,
  { generation, nowMs }: { readonly generation: number | undefined; readonly nowMs: number },
): PodStatus {
  const phase = keepsSuccess && status.phase === 'Succeeded' ? 'Succeeded' : 'Failed';
  const ended: PodStatus = { ...status, phase, reason, message };
  if (disruption === undefined) return ended;
  const condition = {
    type: 'DisruptionTarget',
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    status: 'True' as const,
    reason: 'TerminationByKubelet',
    message: disruption,
  };
  const conditions = (status.conditions ?? []).filter(({ type }) => type !== condition.type);
  const timed = withTransitionTimes([condition], status.conditions, nowMs);
  return { ...ended, conditions: [...conditions, ...timed] };
}
