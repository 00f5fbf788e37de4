/** How long the ending of a pod or of one container may take. */
import type { Container, Pod } from '../../api/types.ts';
import type { KillReason } from '../pod-actions/types.ts';

/** The runtime never gets less to stop a container (kuberuntime minimumGracePeriodInSeconds). */
export const MINIMUM_STOP_SECONDS = 2;

export interface PodGraceInput {
  /** What the worker had settled on; 0 before termination began. */
  readonly currentSeconds: number;
  /** spec.terminationGracePeriodSeconds. */
  readonly specSeconds: number | undefined;
  /** metadata.deletionGracePeriodSeconds. */
  readonly deletionSeconds: number | undefined;
  /** From whoever kills the pod: an eviction, a node that shuts down. */
  readonly overrideSeconds: number | undefined;
}

/**
 * The value a pod worker settles on (pod_workers.go calculateEffectiveGracePeriod): once termination
 * began it only ever goes down, the shorter of deletion and override counts, and it is at least 1; the
 * spec's is taken when neither is given. The first value does not count as shortened.
 */
export function podGracePeriod(input: PodGraceInput): {
  readonly gracePeriodSeconds: number;
  readonly shortened: boolean;
} {
  let settled = input.currentSeconds;
  for (const asked of [input.deletionSeconds, input.overrideSeconds]) {
    if (asked === undefined) continue;
    const least = Math.max(asked, 1);
    if (settled === 0 || least < settled) settled = least;
  }
  if (settled === 0) settled = Math.max(input.specSeconds ?? 0, 1);
  return {
    gracePeriodSeconds: settled,
    shortened: input.currentSeconds !== 0 && settled !== input.currentSeconds,
  };
}

/**
 * The value for one container that is killed without an override (setTerminationGracePeriod): the pod's
 * deletion, then the probe's own value for that probe's failure, then the pod's, then 2.
 */
export function containerGracePeriodSeconds(pod: Pod, container: Container, reason: KillReason): number {
  const deletion = pod.metadata.deletionGracePeriodSeconds;
  if (deletion !== undefined) return deletion;
  const ofPod = pod.spec.terminationGracePeriodSeconds;
  if (ofPod === undefined) return MINIMUM_STOP_SECONDS;
  if (reason === 'StartupProbe') return container.startupProbe?.terminationGracePeriodSeconds ?? ofPod;
  if (reason === 'LivenessProbe') return container.livenessProbe?.terminationGracePeriodSeconds ?? ofPod;
  return ofPod;
}

/** A container's ending: whether its preStop hook runs, and how long it may. */
export interface KillPlan {
  readonly runPreStop: boolean;
  /** The hook is abandoned after the whole grace period. */
  readonly preStopLimitSeconds: number;
}

/** killContainer, before anything is done: with no grace there is no hook and no waiting for a turn. */
export function planKill(container: Container, graceSeconds: number): KillPlan {
  const runPreStop = container.lifecycle?.preStop !== undefined && graceSeconds > 0;
  return { runPreStop, preStopLimitSeconds: graceSeconds };
}

export interface StopTimeInput {
  readonly graceSeconds: number;
  /** How long the hook took; cut to whole seconds. */
  readonly preStopMs: number;
  /** How long the container waited for its turn; cut to whole seconds. */
  readonly orderingWaitMs: number;
}

/** What the runtime is given between TERM and KILL: what hook and waiting left of the grace, at least 2 s. */
export function stopTimeoutSeconds({ graceSeconds, preStopMs, orderingWaitMs }: StopTimeInput): number {
  const spent = Math.trunc(preStopMs / 1000) + Math.trunc(orderingWaitMs / 1000);
  return Math.max(graceSeconds - spent, MINIMUM_STOP_SECONDS);
}
