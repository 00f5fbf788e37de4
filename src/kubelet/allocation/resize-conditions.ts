/** The two conditions that tell how far a resize has come (pkg/kubelet/status/status_manager.go). */
import type { PodCondition } from '../../api/types.ts';

/** A resize that is wanted and not promised. */
export interface PendingResize {
  readonly reason: 'Deferred' | 'Infeasible';
  readonly message: string;
  /** Of the pod, when it was decided. */
  readonly generation: number;
  readonly sinceMs: number;
}

/** A resize that is promised and not carried out everywhere; `message` says what went wrong, if something did. */
export interface ResizeInProgress {
  readonly message: string;
  readonly generation: number;
}

export interface ResizeState {
  readonly pending?: PendingResize;
  readonly inProgress?: ResizeInProgress;
}

/** GetPodResizeConditions. */
export function resizeConditions({ pending, inProgress }: ResizeState): PodCondition[] {
  const conditions: PodCondition[] = [];
  if (pending !== undefined) {
    const { reason, message, generation } = pending;
    conditions.push({ type: 'PodResizePending', status: 'True', reason, message, ...observed(generation) });
  }
  if (inProgress !== undefined) {
    const { message, generation } = inProgress;
    const failure = message === '' ? {} : { reason: 'Error', message };
    conditions.push({ type: 'PodResizeInProgress', status: 'True', ...failure, ...observed(generation) });
  }
  return conditions;
}

const observed = (generation: number) => (generation === 0 ? {} : { observedGeneration: generation });
