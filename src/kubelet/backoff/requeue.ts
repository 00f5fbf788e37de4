/** How long a pod worker rests before it syncs its pod again. */
import { nextFloat, type RandomState } from '../../lib/random.ts';

/** What went wrong in a sync, as far as the next one depends on it. */
export type SyncError =
  | { readonly kind: 'backoff'; readonly untilMs: number }
  | { readonly kind: 'networkNotReady' }
  | { readonly kind: 'generic' };

export interface RequeueInput {
  /** The worker moved on (syncing, terminating, terminated): the next phase begins at once. */
  readonly phaseTransition: boolean;
  /** Empty: the sync went well. */
  readonly errors: readonly SyncError[];
  readonly nowMs: number;
  /** `syncFrequency` of the configuration. */
  readonly resyncIntervalMs: number;
  readonly defaultBackOffMs?: number;
}

/** Every delay is stretched by a random part of this much of itself. */
export const REQUEUE_JITTER_FACTOR = 0.5;

/** pkg/kubelet/kubelet.go backOffPeriod. */
export const BACK_OFF_PERIOD_MS = 10_000;

/** pkg/kubelet/pod_workers.go backOffOnTransientErrorPeriod. */
export const TRANSIENT_BACK_OFF_MS = 1_000;

/**
 * The delay in milliseconds before jitter (pkg/kubelet/pod_workers.go completeWork). Containers in
 * back-off bring the time when the first window ends, held between now and the resync interval.
 */
export function requeueDelayMs(input: RequeueInput): number {
  const { resyncIntervalMs, defaultBackOffMs = BACK_OFF_PERIOD_MS } = input;
  if (input.phaseTransition) return 0;
  if (input.errors.length === 0) return resyncIntervalMs;
  if (input.errors.some((error) => error.kind === 'networkNotReady')) return TRANSIENT_BACK_OFF_MS;
  const ends = input.errors.flatMap((error) => (error.kind === 'backoff' ? [error.untilMs] : []));
  if (ends.length === 0) return defaultBackOffMs;
  return Math.min(Math.max(Math.min(...ends) - input.nowMs, 0), resyncIntervalMs);
}

/** `baseMs` stretched by up to `factor` of itself, never shortened (apimachinery util/wait Jitter). */
export function jitteredMs(
  baseMs: number,
  factor: number,
  random: RandomState,
): [delayMs: number, random: RandomState] {
  const [fraction, after] = nextFloat(random);
  return [baseMs + Math.floor(fraction * factor * baseMs), after];
}
