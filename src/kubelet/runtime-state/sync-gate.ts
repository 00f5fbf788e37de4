/**
 * The gate of the sync loop: while the runtime is down or PLEG is not healthy, no pod is synced, and what comes
 * in waits in its channels. The loop looks again after a wait that doubles.
 * Follows pkg/kubelet/kubelet.go syncLoop.
 */

import type { Where } from '../../machines/trace.ts';
import { aggregateErrors } from '../aggregate-errors.ts';
import type { PodOperation } from '../config-sources/merge.ts';
import { type Draft, nodeOwner, note, type Say, update } from '../draft.ts';
import { logError } from '../log/log.ts';
import { startTimer } from '../loop-timer.ts';
import { PLEG_CHANNEL_CAPACITY, relistThresholdMs } from '../pleg/pleg.ts';
import type { ProbeChange } from '../prober/prober-manager.ts';
import type { KubeletState } from '../state.ts';
import { runtimeErrors, SKIPPING } from './runtime-state.ts';

export const GATE_TIMER = 'loop/gate';

/** kubelet.go syncLoop: base, max and factor of its back-off. */
const BASE_MS = 100;
const MAX_MS = 5_000;
const FACTOR = 2;

const SYNC_LOOP: Where = { file: 'pkg/kubelet/kubelet.go', function: 'syncLoop' };

/** What waits for the loop: an order for a pod, a probe's result, or a pod that PLEG saw change. */
export type Held =
  | { readonly type: 'order'; readonly operation: PodOperation }
  | { readonly type: 'probe'; readonly podUid: string; readonly change: ProbeChange }
  | { readonly type: 'sync'; readonly podUid: string; readonly say: Say };

export interface SyncGate {
  /** The wait before the loop looks again, milliseconds; undefined while it runs. */
  readonly stepMs?: number;
  /** Why it does not run, as it was last told. */
  readonly error: string;
  /** When the loop last took something in (kubelet.go syncLoopMonitor); undefined before the first time. */
  readonly loopMs?: number;
  readonly held: readonly Held[];
}

export const OPEN_GATE: SyncGate = { error: '', held: [] };

function errorsNow(state: KubeletState): readonly string[] {
  const { runtime, pleg, startedMs = 0, nowMs } = state;
  // The first relist is given as long as any other.
  const relistTimeMs = Math.max(pleg.relistTimeMs, startedMs);
  return runtimeErrors(runtime, { relistTimeMs, thresholdMs: relistThresholdMs(state) }, nowMs);
}

/** True while the loop must not run; tells when that begins. */
export function isGateShut(draft: Draft): boolean {
  if (draft.state.gate.stepMs !== undefined) return true;
  const errors = errorsNow(draft.state);
  if (errors.length === 0) {
    update(draft, { gate: { ...draft.state.gate, loopMs: draft.state.nowMs } });
    return false;
  }
  update(draft, { gate: { ...draft.state.gate, stepMs: BASE_MS } });
  startTimer(draft, GATE_TIMER, BASE_MS);
  logError(draft, 'kubelet.go', aggregateErrors(errors), SKIPPING);
  tellSkipping(draft, errors);
  return true;
}

/** The least time that the loop is given (kubelet.go SyncLoopHealthCheck). */
const LOOP_AT_LEAST_MS = 300_000;

/** What `/healthz` says of the loop: undefined while it comes round in time (kubelet.go SyncLoopHealthCheck). */
export function syncLoopHealth({ gate, config, nowMs }: KubeletState): string | undefined {
  const allowedMs = Math.max(config.syncFrequencyMs * 2, LOOP_AT_LEAST_MS);
  const isLate = gate.loopMs !== undefined && nowMs > gate.loopMs + allowedMs;
  return isLate ? 'sync Loop took longer than expected' : undefined;
}

/** Keeps what came in for later; what replaces it takes its place. */
export function hold(draft: Draft, item: Held): void {
  const { gate } = draft.state;
  const others = gate.held.filter((held) => !replaces(item, held));
  if (others.length < PLEG_CHANNEL_CAPACITY || item.type === 'order') {
    update(draft, { gate: { ...gate, held: [...others, item] } });
  }
}

/** Of two updates, or two syncs, of one pod the later one counts. */
function replaces(item: Held, held: Held): boolean {
  if (item.type === 'order' && held.type === 'order') {
    const [next, before] = [item.operation, held.operation];
    const samePod = next.pod.metadata.uid === before.pod.metadata.uid;
    return samePod && next.op === before.op && (next.op === 'UPDATE' || next.op === 'RECONCILE');
  }
  return item.type === 'sync' && held.type === 'sync' && item.podUid === held.podUid;
}

/** The loop looks again. Returns what has waited once it may run; undefined while it may not. */
export function gateLooksAgain(draft: Draft): readonly Held[] | undefined {
  const { gate } = draft.state;
  const errors = errorsNow(draft.state);
  if (errors.length > 0) {
    const stepMs = Math.min((gate.stepMs ?? BASE_MS) * FACTOR, MAX_MS);
    update(draft, { gate: { ...gate, stepMs } });
    startTimer(draft, GATE_TIMER, stepMs);
    logError(draft, 'kubelet.go', aggregateErrors(errors), SKIPPING);
    if (kinds(errors) !== gate.error) tellSkipping(draft, errors);
    return undefined;
  }
  update(draft, { gate: { ...OPEN_GATE, loopMs: draft.state.nowMs } });
  tell(draft, 'running', { why: 'loop.resumes', values: { count: gate.held.length } });
  return gate.held;
}

/** Errors without the time that passes in them. */
const kinds = (errors: readonly string[]) =>
  errors.map((error) => error.replace(/active \S+ ago/, '')).join();

function tellSkipping(draft: Draft, errors: readonly string[]): void {
  update(draft, { gate: { ...draft.state.gate, error: kinds(errors) } });
  const values = { skipping: SKIPPING, error: aggregateErrors(errors) };
  tell(draft, 'waiting', { why: 'loop.skips', values });
}

function tell(draft: Draft, at: string, say: Pick<Say, 'why' | 'values'>): void {
  const { object } = nodeOwner(draft.state, '');
  note(draft, 'syncLoop', object, 'syncLoop', at, { ...say, stage: 'sync', where: SYNC_LOOP });
}
