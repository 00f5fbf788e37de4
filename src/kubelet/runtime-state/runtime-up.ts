/** Asks the runtime every five seconds whether it is up (pkg/kubelet/kubelet.go updateRuntimeUp). */

import type { EffectError, EffectResult } from '../../machines/events.ts';
import type { Where } from '../../machines/trace.ts';
import { type Draft, emit, nodeOwner, note, type Say, update } from '../draft.ts';
import { startTimer } from '../loop-timer.ts';
import { RUNTIME_SYNC_PERIOD_MS, withRuntimeStatus } from './runtime-state.ts';

/** kuberuntime_manager.go versionCacheTTL: for so long the runtime is not asked for its version again. */
export const VERSION_CACHE_TTL_MS = 60_000;
export const RUNTIME_TIMER = 'runtime/status';

const UPDATE_RUNTIME_UP: Where = { file: 'pkg/kubelet/kubelet.go', function: 'updateRuntimeUp' };

/** A kubelet starts only with a runtime that answered it: that counts as the first good status. */
export function startRuntimeState(draft: Draft): void {
  update(draft, { runtime: { lastSyncMs: draft.state.nowMs } });
  askRuntime(draft);
}

/** The version is asked for again only once what is known of it is old. */
export function askRuntime(draft: Draft): void {
  const owner = nodeOwner(draft.state, 'runtime');
  emit(draft, owner, { type: 'runtimeStatus' });
  const { runtime, nowMs } = draft.state;
  const isKnown = runtime.version !== undefined && nowMs - runtime.version.atMs < VERSION_CACHE_TTL_MS;
  if (!isKnown) emit(draft, owner, { type: 'runtimeVersion' });
}

/** Keeps the version that the runtime said; without an answer the one before stays. */
export function versionAnswered(draft: Draft, back: EffectResult | EffectError): void {
  if ('code' in back || back.type !== 'runtimeVersion') return;
  const { runtime, nowMs } = draft.state;
  update(draft, { runtime: { ...runtime, version: { ...back.version, atMs: nowMs } } });
}

/** Takes an answer in; without one, what is known grows old. */
export function runtimeAnswered(draft: Draft, back: EffectResult | EffectError): void {
  startTimer(draft, RUNTIME_TIMER, RUNTIME_SYNC_PERIOD_MS);
  const { runtime: before, nowMs } = draft.state;
  if ('code' in back) {
    if (!before.isSilent)
      tell(draft, 'runtimeFailed', { why: 'runtime.silent', values: { message: back.message } });
    update(draft, { runtime: { ...before, isSilent: true } });
    return;
  }
  if (back.type !== 'runtimeStatus') return;
  const { isSilent, ...heard } = before;
  const now = withRuntimeStatus(heard, back, nowMs);
  update(draft, { runtime: now });
  const trouble = now.runtimeError ?? now.networkError;
  const old = before.runtimeError ?? before.networkError;
  if (trouble !== undefined && trouble !== old) {
    tell(draft, 'runtimeStatus', { why: 'runtime.notReady', values: { message: trouble } });
  } else if (trouble === undefined && (isSilent || old !== undefined)) {
    tell(draft, 'runtimeStatus', { why: 'runtime.ready' });
  }
}

function tell(draft: Draft, event: string, say: Pick<Say, 'why' | 'values'>): void {
  const { object } = nodeOwner(draft.state, '');
  const at = say.why === 'runtime.ready' ? 'up' : 'down';
  note(draft, 'runtime', object, event, at, { ...say, stage: 'heartbeat', where: UPDATE_RUNTIME_UP });
}
