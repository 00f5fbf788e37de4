/** What is sent of a status: others' conditions kept, no terminal phase too early, transition times. */
import type { PodCondition, PodPhase, PodStatus } from '../../api/types.ts';
import { formatTime } from '../../lib/time.ts';
import { type Condition, isOwnedByKubelet, isSharedByKubelet } from './conditions.ts';

export function isTerminalPhase(phase: PodPhase | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/**
 * status_manager.go mergePodStatus: `previous` is what the API server has, `next` what was generated.
 * While containers could still run, a terminal phase is held back.
 */
export function mergePodStatus(
  previous: PodStatus,
  next: PodStatus,
  couldHaveRunningContainers: boolean,
): PodStatus {
  const ending = !isTerminalPhase(previous.phase) && isTerminalPhase(next.phase);
  let conditions = (previous.conditions ?? []).filter((condition) => !isOwnedByKubelet(condition.type));
  for (const condition of next.conditions ?? []) {
    if (isOwnedByKubelet(condition.type)) conditions.push(condition);
    else if (isSharedByKubelet(condition.type) && ending && !couldHaveRunningContainers) {
      conditions = replaceOrAppend(conditions, condition);
    }
  }
  let merged: PodStatus = { ...next, conditions };
  if (previous.resourceClaimStatuses) merged.resourceClaimStatuses = previous.resourceClaimStatuses;
  if (ending && couldHaveRunningContainers) {
    const { phase: _phase, reason: _reason, message: _message, ...rest } = merged;
    merged = { ...rest, ...pick(previous) };
  }
  return isTerminalPhase(merged.phase) ? { ...merged, conditions: neverReady(merged) } : merged;
}

function pick({ phase, reason, message }: PodStatus): PodStatus {
  return { ...(phase ? { phase } : {}), ...(reason ? { reason } : {}), ...(message ? { message } : {}) };
}

/** A finished pod is not ready, even if the probes have not said so yet. */
function neverReady(status: PodStatus): PodCondition[] {
  const conditions = status.conditions ?? [];
  const isReady = conditions.some(
    ({ type, status: value }) => (type === 'Ready' || type === 'ContainersReady') && value === 'True',
  );
  if (!isReady) return conditions;
  const reason = status.phase === 'Failed' ? 'PodFailed' : 'PodCompleted';
  const ready = { type: 'Ready', status: 'False', reason };
  return replaceOrAppend(replaceOrAppend(conditions, { ...ready, type: 'ContainersReady' }), ready);
}

function replaceOrAppend(conditions: readonly PodCondition[], condition: PodCondition): PodCondition[] {
  const index = conditions.findIndex((candidate) => candidate.type === condition.type);
  return index < 0 ? [...conditions, condition] : conditions.with(index, condition);
}

/**
 * Gives each condition its transition time: the old one while its status has not changed, else now
 * (status_manager.go updateLastTransitionTime).
 */
export function withTransitionTimes(
  conditions: readonly (PodCondition | Condition)[],
  previous: readonly PodCondition[] | undefined,
  nowMs: number,
): PodCondition[] {
  return conditions.map((condition) => {
    if (!isOwnedByKubelet(condition.type) && !isSharedByKubelet(condition.type)) return condition;
    const before = previous?.find((candidate) => candidate.type === condition.type);
    const unchanged = before?.status === condition.status && before.lastTransitionTime !== undefined;
    return {
      ...condition,
      lastTransitionTime: unchanged ? before.lastTransitionTime : formatTime(nowMs),
    } as PodCondition;
  });
}
