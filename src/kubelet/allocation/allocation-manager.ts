/**
 * The allocation manager: what each pod was promised, and the resizes that wait for room. It says which pods
 * are to be synced; it syncs none. Follows pkg/kubelet/allocation/allocation_manager.go.
 */
import { countedAmounts, podRequests } from '../../api/pod-requests.ts';
import type { Pod } from '../../api/types.ts';
import { sameData } from '../../lib/same-data.ts';
import { nodeInfo } from '../admission/node-info.ts';
import { type Draft, note, referenceOf, type Say, update } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import { startTimer } from '../loop-timer.ts';
import { computePodQos } from '../qos.ts';
import type { KubeletState } from '../state.ts';
import { without } from '../state.ts';
import { type Allocation, allocationOf, allocationTold, withAllocation } from './allocation.ts';
import { decideResize } from './resize-admission.ts';
import type { ResizeState } from './resize-conditions.ts';
import { generationOf, resizeCompleted, resizeError, resizePending, resizeStarted } from './texts.ts';
import { ALLOCATION_WHERE as WHERE } from './where.ts';

export interface AllocationManager {
  /** By pod UID. */
  readonly promised: Readonly<Record<string, Allocation>>;
  readonly resizes: Readonly<Record<string, ResizeState>>;
  /** The pods whose resize waits for its decision, or for room. */
  readonly queue: readonly string[];
}

export const NO_ALLOCATIONS: AllocationManager = { promised: {}, resizes: {}, queue: [] };

export const RESIZE_RETRY_TIMER = 'allocation/retry';

/** allocation_manager.go retryDelay. */
const RETRY_PERIOD_MS = 180_000;

function set(draft: Draft, change: Partial<AllocationManager>): void {
  update(draft, { allocation: { ...draft.state.allocation, ...change } });
}

/** The pod as the rest of the kubelet is to see it: with what it was promised (UpdatePodFromAllocation). */
export function promisedPod({ allocation }: KubeletState, pod: Pod): Pod {
  return withAllocation(pod, allocation.promised[pod.metadata.uid]);
}

/** The pod as admission is to look at it: after a restart of the kubelet, with what an earlier one promised. */
export function podToAdmit(draft: Draft, pod: Pod): Pod {
  return withAllocation(pod, draft.state.allocation.promised[pod.metadata.uid] ?? allocationTold(pod));
}

/** The pod was admitted: what it asks for is promised. */
export function promise(draft: Draft, pod: Pod): void {
  const { promised } = draft.state.allocation;
  set(draft, { promised: { ...promised, [pod.metadata.uid]: allocationOf(pod) } });
}

/** Nothing is kept of a pod that is gone. */
export function forgetAllocation(draft: Draft, podUid: string): void {
  const { promised, resizes, queue } = draft.state.allocation;
  if (promised[podUid] === undefined && resizes[podUid] === undefined) return;
  set(draft, {
    promised: without(promised, podUid),
    resizes: without(resizes, podUid),
    queue: queue.filter((uid) => uid !== podUid),
  });
}

/** Whether the spec wants something else than what was promised; it waits for its decision then. */
export function noticeResize(draft: Draft, pod: Pod): boolean {
  const { promised, queue, resizes } = draft.state.allocation;
  const { uid } = pod.metadata;
  if (promised[uid] === undefined) return false;
  const wanted = promisedPod(draft.state, pod) !== pod;
  // What waited is not wanted any more.
  if (!wanted && resizes[uid]?.pending !== undefined) setResize(draft, uid, { pending: undefined });
  const others = queue.filter((one) => one !== uid);
  set(draft, { queue: wanted ? [...others, uid] : others });
  return wanted;
}

/**
 * Decides about every resize that waits, the most urgent first; returns the pods that have something new.
 * @param active the pods that are not over, as they were promised.
 */
export function retryResizes(draft: Draft, active: readonly Pod[]): readonly string[] {
  const { queue } = draft.state.allocation;
  if (queue.length === 0) return [];
  const pods = queue.flatMap((uid) => draft.state.pods[uid] ?? []).sort((a, b) => urgency(draft.state, a, b));
  const changed: string[] = [];
  const waiting: string[] = [];
  for (const pod of pods) {
    const { uid } = pod.metadata;
    const before = draft.state.allocation.resizes[uid];
    const granted = decide(draft, pod, active);
    const after = draft.state.allocation.resizes[uid];
    if (after?.pending?.reason === 'Deferred') waiting.push(uid);
    if (granted || !sameData(before ?? {}, after ?? {})) changed.push(uid);
  }
  set(draft, { queue: waiting });
  if (waiting.length > 0) startTimer(draft, RESIZE_RETRY_TIMER, RETRY_PERIOD_MS);
  return changed;
}

/** sortPendingResizes: what asks for no more, then priority, then Guaranteed, then who waits longest. */
function urgency(state: KubeletState, a: Pod, b: Pod): number {
  const rank = (pod: Pod) => [
    asksForMore(pod, promisedPod(state, pod)) ? 1 : 0,
    -(pod.spec.priority ?? 0),
    computePodQos(pod.spec) === 'Guaranteed' ? 0 : 1,
    state.allocation.resizes[pod.metadata.uid]?.pending?.sinceMs ?? Number.POSITIVE_INFINITY,
  ];
  const [one, other] = [rank(a), rank(b)];
  const at = one.findIndex((value, i) => value !== other[i]);
  return at < 0 ? 0 : (one[at] ?? 0) < (other[at] ?? 0) ? -1 : 1;
}

function asksForMore(wanted: Pod, promised: Pod): boolean {
  const [after, before] = [
    countedAmounts(podRequests(wanted.spec)),
    countedAmounts(podRequests(promised.spec)),
  ];
  return ['cpu', 'memory'].some((name) => (after.get(name) ?? 0) > (before.get(name) ?? 0));
}

/** handlePodResourcesResize: true when the resize is promised now. */
function decide(draft: Draft, pod: Pod, active: readonly Pod[]): boolean {
  const { uid } = pod.metadata;
  const allocated = promisedPod(draft.state, pod);
  if (allocated === pod) {
    setResize(draft, uid, { pending: undefined });
    return false;
  }
  const decision = decideResize({
    pod,
    allocated,
    others: active.filter(({ metadata }) => metadata.uid !== uid).map((one) => promisedPod(draft.state, one)),
    node: nodeInfo(draft.state.node, draft.state.objects),
    cpuManagerPolicy: draft.state.config.cpuManagerPolicy,
  });
  if (decision.type === 'pending') {
    putOff(draft, pod, decision);
    return false;
  }
  promise(draft, pod);
  setResize(draft, uid, { pending: undefined, inProgress: { message: '', generation: generationOf(pod) } });
  tell(draft, pod, { stage: 'admit', why: 'resize.promised', where: WHERE.handleResize });
  recordEvent(draft, pod, resizeStarted(pod));
  return true;
}

function putOff(
  draft: Draft,
  pod: Pod,
  { reason, message }: { readonly reason: 'Deferred' | 'Infeasible'; readonly message: string },
): void {
  const { uid } = pod.metadata;
  const generation = generationOf(pod);
  const before = draft.state.allocation.resizes[uid]?.pending;
  const same = before?.reason === reason && before.message === message && before.generation === generation;
  if (same) return;
  const sinceMs = before?.reason === reason ? before.sinceMs : draft.state.nowMs;
  setResize(draft, uid, { pending: { reason, message, generation, sinceMs } });
  const why = reason === 'Deferred' ? 'resize.deferred' : 'resize.infeasible';
  tell(draft, pod, { stage: 'admit', why, values: { message }, where: WHERE.handleResize });
  recordEvent(draft, pod, resizePending(pod, reason, message));
}

function tell(draft: Draft, pod: Pod, say: Say): void {
  note(draft, 'allocation', referenceOf(pod), 'ResizePod', 'deciding', say);
}

/**
 * At the beginning of a sync: whether what was promised is carried out by now (kubelet.go SyncPod).
 * @param isInProgress a running container has other limits than it was promised.
 */
export function resizeSeen(draft: Draft, pod: Pod, isInProgress: boolean): void {
  const { uid } = pod.metadata;
  const known = draft.state.allocation.resizes[uid]?.inProgress;
  if (isInProgress) {
    if (known === undefined)
      setResize(draft, uid, { inProgress: { message: '', generation: generationOf(pod) } });
    return;
  }
  if (known === undefined) return;
  setResize(draft, uid, { inProgress: undefined });
  tell(draft, pod, { stage: 'sync', why: 'resize.completed', where: WHERE.syncPod });
  recordEvent(draft, pod, resizeCompleted(pod, known.generation));
}

/** A promised resize could not be carried out; the next sync tries again. */
export function resizeFailed(draft: Draft, pod: Pod, message: string): void {
  const { uid } = pod.metadata;
  const known = draft.state.allocation.resizes[uid]?.inProgress;
  if (known?.message === message) return;
  const generation = known?.generation ?? generationOf(pod);
  setResize(draft, uid, { inProgress: { message, generation } });
  tell(draft, pod, { stage: 'sync', why: 'resize.failed', values: { message }, where: WHERE.syncPod });
  recordEvent(draft, pod, resizeError(pod, generation, message));
}

type Change = { readonly [Key in keyof ResizeState]: ResizeState[Key] | undefined };

function setResize(draft: Draft, podUid: string, change: Change): void {
  const { resizes } = draft.state.allocation;
  const { pending, inProgress } = { ...resizes[podUid], ...change };
  if (pending === undefined && inProgress === undefined) {
    if (resizes[podUid] !== undefined) set(draft, { resizes: without(resizes, podUid) });
    return;
  }
  const next: ResizeState = {
    ...(pending === undefined ? {} : { pending }),
    ...(inProgress === undefined ? {} : { inProgress }),
  };
  set(draft, { resizes: { ...resizes, [podUid]: next } });
}
