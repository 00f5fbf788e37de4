/**
 * Whether the runtime can be worked with: what its last status said and how long ago, and whether PLEG still
 * relists. Pods are synced only while there is no error here. Follows pkg/kubelet/runtime.go.
 */
import type { RuntimeCondition, RuntimeVersion } from '../../api/cri.ts';
import { formatDuration } from '../../lib/time.ts';

/** How often the runtime is asked for its status (kubelet.go Run, updateRuntimeUp). */
export const RUNTIME_SYNC_PERIOD_MS = 5_000;
/** kubelet.go maxWaitForContainerRuntime: a good status older than this counts as none. */
export const RUNTIME_DOWN_AFTER_MS = 30_000;

/** What the kubelet logs each time it does not sync pods for this reason (kubelet.go syncLoop). */
export const SKIPPING = 'Skipping pod synchronization';

export interface RuntimeState {
  /** When the runtime last said that it is ready; undefined before the first time. */
  readonly lastSyncMs?: number;
  readonly runtimeError?: string;
  readonly networkError?: string;
  /** What it last said of itself, and when. */
  readonly version?: RuntimeVersion & { readonly atMs: number };
  /** Its last answer did not come. */
  readonly isSilent?: boolean;
}

/** container/runtime.go RuntimeCondition String. */
function conditionText(type: string, { ready, reason, message }: RuntimeCondition): string {
  return `${type}=${ready} reason:${reason} message:${message}`;
}

/** What an answer of the runtime makes of the state (kubelet.go updateRuntimeUp); no answer changes nothing. */
export function withRuntimeStatus(
  state: RuntimeState,
  status: { readonly runtime: RuntimeCondition; readonly network: RuntimeCondition },
  nowMs: number,
): RuntimeState {
  const { runtimeError: _runtime, networkError: _network, ...rest } = state;
  const { runtime, network } = status;
  const networkError = network.ready
    ? {}
    : { networkError: `container runtime network not ready: ${conditionText('NetworkReady', network)}` };
  if (runtime.ready) return { ...rest, ...networkError, lastSyncMs: nowMs };
  const runtimeError = `container runtime not ready: ${conditionText('RuntimeReady', runtime)}`;
  return { ...rest, ...networkError, runtimeError };
}

/** What tells whether PLEG still relists. */
export interface PlegHealth {
  /** When the newest relist that came back was begun; negative before the first. */
  readonly relistTimeMs: number;
  /** How long ago that may be. */
  readonly thresholdMs: number;
}

/**
 * Why PLEG is not healthy; undefined when it is (pleg/generic.go Healthy).
 */
function plegError(
  { relistTimeMs: lastRelistMs, thresholdMs }: PlegHealth,
  nowMs: number,
): string | undefined {
  if (lastRelistMs < 0) return 'pleg has yet to be successful';
  const agoMs = nowMs - lastRelistMs;
  if (agoMs <= thresholdMs) return undefined;
  const threshold = formatDuration(thresholdMs);
  return `pleg was last seen active ${formatDuration(agoMs)} ago; threshold is ${threshold}`;
}

/**
 * Why no pod can be synced now; empty when pods are synced (runtime.go runtimeErrors). The network is not
 * among it: pods of the host's network start without.
 */
export function runtimeErrors(state: RuntimeState, pleg: PlegHealth, nowMs: number): readonly string[] {
  const { lastSyncMs, runtimeError } = state;
  const errors: string[] = [];
  if (lastSyncMs === undefined) errors.push('container runtime status check may not have completed yet');
  else if (lastSyncMs + RUNTIME_DOWN_AFTER_MS <= nowMs) errors.push('container runtime is down');
  const error = plegError(pleg, nowMs);
  if (error !== undefined) errors.push(`PLEG is not healthy: ${error}`);
  if (runtimeError !== undefined) errors.push(runtimeError);
  return errors;
}
