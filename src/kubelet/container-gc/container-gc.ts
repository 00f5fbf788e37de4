/**
 * Container garbage: each minute, and when the node is short of disk, dead containers, dead sandboxes and the
 * logs of pods that are gone are removed, in this order, each stage on what the runtime says then.
 * Follows pkg/kubelet/kuberuntime/kuberuntime_gc.go GarbageCollect.
 */
import type { EffectId } from '../../machines/effects.ts';
import type { EffectError, EffectResult } from '../../machines/events.ts';
import { aggregateErrors, rpcError } from '../aggregate-errors.ts';
import { collectBackoff } from '../backoff/backoff.ts';
import { type Draft, emit, nodeOwner, note, update } from '../draft.ts';
import { recordNodeEvent } from '../events/recorder.ts';
import { containerGcFailed } from '../images/gc/texts.ts';
import { logError } from '../log/log.ts';
import { startTimer } from '../loop-timer.ts';
import { CONTAINER_LOG_ROOT } from '../paths.ts';
import { runtimePodsOf } from '../pleg/pleg.ts';
import { evictContainers, evictLogLinks, evictLogs, evictSandboxes } from './evict.ts';
import { GC_WHERE } from './where.ts';

export const GC_TIMER = 'gc/containers';

/** kubelet.go ContainerGCPeriod. */
export const GC_PERIOD_MS = 60_000;

const STAGES = ['containers', 'sandboxes', 'logs', 'logLinks'] as const;

/** A pass under way. */
export interface ContainerGcPass {
  readonly stage: (typeof STAGES)[number];
  /** The node is short of disk: what is left of pods that have ended goes too. */
  readonly evictTerminatedPods: boolean;
  /** What the stage asks before it does anything; undefined once it is answered. */
  readonly question?: EffectId;
  /** Removals whose outcome has not come. */
  readonly removals: readonly EffectId[];
  readonly errors: readonly string[];
}

/** The collector's slice: empty between two passes. */
export interface ContainerGc {
  readonly pass?: ContainerGcPass;
}

/** The minute is over. */
export function collectGarbage(draft: Draft): void {
  startTimer(draft, GC_TIMER, GC_PERIOD_MS);
  const { crashBackoff, nowMs } = draft.state;
  update(draft, { crashBackoff: collectBackoff(crashBackoff, nowMs) });
  if (draft.state.containerGc.pass === undefined) begin(draft, 'containers', false, []);
}

/** For the eviction manager (container_gc.go DeleteAllUnusedContainers). A pass under way begins anew. */
export function deleteAllUnusedContainers(draft: Draft): void {
  begin(draft, 'containers', true, []);
}

/** Each stage begins with what the runtime, or the disk, says now. */
function begin(
  draft: Draft,
  stage: ContainerGcPass['stage'],
  evictTerminatedPods: boolean,
  errors: readonly string[],
): void {
  const directory = {
    logs: draft.state.config.podLogsDir,
    logLinks: CONTAINER_LOG_ROOT,
    containers: '',
    sandboxes: '',
  }[stage];
  const question =
    directory === '' ? ({ type: 'relist' } as const) : ({ type: 'listNodeDirectory', directory } as const);
  const asked = emit(draft, nodeOwner(draft.state, GC_TIMER), question);
  setPass(draft, { stage, evictTerminatedPods, question: asked, removals: [], errors });
}

function setPass(draft: Draft, pass: ContainerGcPass): void {
  update(draft, { containerGc: { pass } });
}

/**
 * What came of a question or a removal of the pass; everything else is none of its business.
 * Returns true when the pass is over with it.
 */
export function containerGcReturned(
  draft: Draft,
  effectId: EffectId,
  result: EffectResult | EffectError,
): boolean {
  const { pass } = draft.state.containerGc;
  if (pass === undefined) return false;
  const { question, ...rest } = pass;
  if (effectId === question) setPass(draft, answered(draft, rest, result));
  else if (pass.removals.includes(effectId)) {
    // A removal that failed is only logged: the next pass tries it again.
    setPass(draft, { ...pass, removals: pass.removals.filter((id) => id !== effectId) });
  } else return false;
  return goOn(draft);
}

function answered(draft: Draft, pass: ContainerGcPass, result: EffectResult | EffectError): ContainerGcPass {
  if ('code' in result) return { ...pass, errors: [...pass.errors, rpcError(result)] };
  const { stage, evictTerminatedPods } = pass;
  if (result.type === 'podsAndContainers') {
    const pods = [...runtimePodsOf(result.sandboxes, result.containers).values()];
    const evict = stage === 'containers' ? evictContainers : evictSandboxes;
    return { ...pass, removals: evict(draft, pods, evictTerminatedPods) };
  }
  if (result.type !== 'entries') return pass;
  const evict = stage === 'logs' ? evictLogs : evictLogLinks;
  return { ...pass, removals: evict(draft, result.entries) };
}

/** The next stage begins when this one waits for nothing more. */
function goOn(draft: Draft): boolean {
  const { pass } = draft.state.containerGc;
  if (pass === undefined || pass.question !== undefined || pass.removals.length > 0) return false;
  const following = STAGES[STAGES.indexOf(pass.stage) + 1];
  if (following !== undefined) {
    begin(draft, following, pass.evictTerminatedPods, pass.errors);
    return false;
  }
  update(draft, { containerGc: {} });
  if (pass.errors.length > 0) failed(draft, aggregateErrors(pass.errors));
  return true;
}

/** kubelet.go StartGarbageCollection: every failure is told. */
function failed(draft: Draft, message: string): void {
  const { object } = nodeOwner(draft.state, GC_TIMER);
  const say = {
    stage: 'gc',
    why: 'gc.containersFailed',
    values: { message },
    where: GC_WHERE.start,
  } as const;
  logError(draft, 'kubelet.go', message, 'Container garbage collection failed');
  note(draft, 'containerGC', object, 'GarbageCollect', 'failed', say);
  recordNodeEvent(draft, containerGcFailed(message));
}
