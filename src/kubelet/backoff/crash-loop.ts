/** The crash loop's back-off: when a container that ended may be started again. */
import { DEFAULT_CONFIGURATION } from '../../api/kubelet-configuration/defaulting.ts';
import type { KubeletConfiguration } from '../../api/kubelet-configuration/fields.ts';
import { isEnabled } from '../../api/kubelet-configuration/gates.ts';
import type { Container, Pod } from '../../api/types.ts';
import { formatDuration } from '../../lib/time.ts';
import { containerSpecHash } from '../container-hash.ts';
import { backOffRestarting, type EventText, formatPod } from '../events/texts.ts';
import type { RuntimePod } from '../runtime-pod.ts';
import type { StartError } from '../status/start-error.ts';
import { type Backoff, backoffEndSince, backoffMs, newBackoff, nextBackoff } from './backoff.ts';

/** pkg/kubelet/kubelet.go, the constants beside newCrashLoopBackOff; the longest window is the configuration's. */
export const CRASH_LOOP = {
  initialMs: 10_000,
  reducedInitialMs: 1_000,
  reducedMaxMs: 60_000,
  /** A run this much longer than the last step makes the next failure the first again. */
  resetMs: 600_000,
} as const;

const MAX_MS = DEFAULT_CONFIGURATION.crashLoopBackOff.maxContainerRestartPeriodMs;

export interface CrashLoopGates {
  /** Alpha, off: first window 1 s, longest 60 s. */
  readonly ReduceDefaultCrashLoopBackOffDecay: boolean;
  /** Beta from v1.35, on: the node's own maximum counts. */
  readonly KubeletCrashLoopBackOffMax: boolean;
}

/** The first and longest window (pkg/kubelet/kubelet.go newCrashLoopBackOff); `configuredMaxMs` is the node's own. */
export function crashLoopWindow(
  gates: CrashLoopGates,
  configuredMaxMs: number | undefined,
): { readonly initialMs: number; readonly maxMs: number } {
  const reduced = gates.ReduceDefaultCrashLoopBackOffDecay;
  let initialMs: number = reduced ? CRASH_LOOP.reducedInitialMs : CRASH_LOOP.initialMs;
  let maxMs = reduced ? CRASH_LOOP.reducedMaxMs : MAX_MS;
  if (gates.KubeletCrashLoopBackOffMax) {
    maxMs = configuredMaxMs ?? MAX_MS;
    initialMs = Math.min(initialMs, maxMs);
  }
  return { initialMs, maxMs };
}

/** An empty crash-loop back-off; without a window the defaults of v1.36: 10 s doubling to 300 s. */
export function newCrashLoopBackoff(window = configuredWindow(DEFAULT_CONFIGURATION)): Backoff {
  return newBackoff(window.initialMs, window.maxMs, CRASH_LOOP.resetMs);
}

/** The window that a node's configuration asks for. */
export function configuredWindow(config: KubeletConfiguration) {
  const gates = {
    ReduceDefaultCrashLoopBackOffDecay: isEnabled(config, 'ReduceDefaultCrashLoopBackOffDecay'),
    KubeletCrashLoopBackOffMax: isEnabled(config, 'KubeletCrashLoopBackOffMax'),
  };
  return crashLoopWindow(gates, config.crashLoopBackOff.maxContainerRestartPeriodMs);
}

/** One entry a pod and container; a changed definition starts anew (kuberuntime GetBackoffKey). */
export function crashLoopKey({ metadata }: Pod, container: Container): string {
  const { name, namespace, uid } = metadata;
  return [name, namespace, uid, container.name, containerSpecHash(container)].join('_');
}

export interface BackOffInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly runtimePod: RuntimePod;
  readonly backoff: Backoff;
  readonly nowMs: number;
}

export type BackOffDecision =
  | {
      readonly inBackOff: true;
      /** The waiting reason and its text. */
      readonly error: StartError;
      readonly event: EventText;
      /** When the window ends and a sync will start the container. */
      readonly retryAtMs: number;
    }
  /** Start it now; the back-off has taken its next step. */
  | { readonly inBackOff: false; readonly backoff: Backoff };

/**
 * kuberuntime_manager.go doBackOff. The window counts from the finish time of the newest exited record
 * and is doubled at each start, whether the run failed or not; the first restart is immediate.
 */
export function doBackOff({ pod, container, runtimePod, backoff, nowMs }: BackOffInput): BackOffDecision {
  const exited = runtimePod.containers.find(
    (status) => status.metadata.name === container.name && status.state === 'CONTAINER_EXITED',
  );
  if (!exited) return { inBackOff: false, backoff };
  const key = crashLoopKey(pod, container);
  const endMs = backoffEndSince(backoff, key, exited.finishedAtMs);
  if (endMs === undefined || nowMs >= endMs) {
    return { inBackOff: false, backoff: nextBackoff(backoff, key, exited.finishedAtMs, nowMs) };
  }
  const wait = formatDuration(backoffMs(backoff, key));
  return {
    inBackOff: true,
    error: {
      reason: 'CrashLoopBackOff',
      message: `back-off ${wait} restarting failed container=${container.name} pod=${formatPod(pod)}`,
    },
    event: backOffRestarting(container.name, pod),
    retryAtMs: endMs,
  };
}
