/**
 * PLEG, the pod lifecycle event generator: each second it lists what the runtime runs, compares it with
 * what it saw before, and tells what changed. Its cache is what syncs decide on.
 * Follows pkg/kubelet/pleg/generic.go.
 */
import type { ContainerStatus, PodSandboxStatus } from '../../api/cri.ts';
import { LABEL } from '../../api/cri.ts';
import { type Draft, emit, nodeOwner, note, update } from '../draft.ts';
import { logError } from '../log/log.ts';
import { kubeContainerStatus, type RuntimePod } from '../runtime-pod.ts';
import { type KubeletState, without } from '../state.ts';
import { WHERE } from '../where.ts';
import { diffRecords, type PlegEvent, type PlegRecords, recordsOf } from './diff.ts';
import {
  isReadingMessages,
  keptMessages,
  readMessages,
  referenceOfEvent,
  withMessages,
} from './termination-messages.ts';

/** kubelet.go genericPlegRelistPeriod, counted from the end of one relist to the beginning of the next. */
export const RELIST_PERIOD_MS = 1_000;
/** kubelet.go genericPlegRelistThreshold: without a relist for so long PLEG is not healthy. */
export const RELIST_THRESHOLD_MS = 180_000;
/** The same while the evented PLEG is in use (kubelet.go eventedPlegRelistPeriod, eventedPlegRelistThreshold). */
export const EVENTED_RELIST_PERIOD_MS = 300_000;
export const EVENTED_RELIST_THRESHOLD_MS = 600_000;
/** Events that wait for the sync loop at most (kubelet.go plegChannelCapacity). */
export const PLEG_CHANNEL_CAPACITY = 1_000;
export const RELIST_TIMER = 'pleg/relist';

/** How long PLEG may go without a relist. */
export function relistThresholdMs({ pleg }: KubeletState): number {
  return pleg.evented?.inUse ? EVENTED_RELIST_THRESHOLD_MS : RELIST_THRESHOLD_MS;
}

/** Asks the runtime for everything; `key` says for whom, if it is not the relist of the period. */
export function beginRelist(draft: Draft, key = 'pleg'): void {
  emit(draft, nodeOwner(draft.state, key), { type: 'relist' });
  update(draft, { pleg: { ...draft.state.pleg, relistBegunMs: draft.state.nowMs } });
}

/** The next relist, a period after this one came back. */
export function scheduleRelist(draft: Draft): void {
  emit(draft, nodeOwner(draft.state, 'pleg'), {
    type: 'startTimer',
    timerId: RELIST_TIMER,
    delayMs: draft.state.pleg.evented?.inUse ? EVENTED_RELIST_PERIOD_MS : RELIST_PERIOD_MS,
  });
}

/** What the runtime reports, pod by pod, newest records first. */
export function runtimePodsOf(
  sandboxes: readonly PodSandboxStatus[],
  containers: readonly ContainerStatus[],
): Map<string, RuntimePod> {
  const pods = new Map<
    string,
    { podUid: string; sandboxes: PodSandboxStatus[]; containers: ContainerStatus[] }
  >();
  const podOf = (podUid: string) => {
    const known = pods.get(podUid) ?? { podUid, sandboxes: [], containers: [] };
    pods.set(podUid, known);
    return known;
  };
  for (const sandbox of sandboxes) podOf(sandbox.metadata.uid).sandboxes.push(sandbox);
  for (const container of containers) {
    podOf(container.labels[LABEL.podUid] ?? '').containers.push(kubeContainerStatus(container));
  }
  for (const pod of pods.values()) {
    pod.sandboxes.sort((a, b) => b.createdAtMs - a.createdAtMs || b.metadata.attempt - a.metadata.attempt);
    pod.containers.sort((a, b) => b.createdAtMs - a.createdAtMs || b.metadata.attempt - a.metadata.attempt);
  }
  return pods;
}

/**
 * Whether a relist brought exactly the records of the one before: the cache is then newer, and nothing else
 * has changed. A runtime that makes its records anew each time is compared the long way.
 */
export function relistedTheSame(
  draft: Draft,
  sandboxes: readonly PodSandboxStatus[],
  containers: readonly ContainerStatus[],
): boolean {
  const { pleg, nowMs } = draft.state;
  const before = pleg.answer;
  const isSame =
    before !== undefined &&
    before.length === sandboxes.length + containers.length &&
    sandboxes.every((record, index) => record === before[index]) &&
    containers.every((record, index) => record === before[sandboxes.length + index]);
  const { relistBegunMs = nowMs, ...rest } = pleg;
  const seen = isSame
    ? { ...rest, ...relistedAt(pleg, relistBegunMs) }
    : { ...pleg, answer: [...sandboxes, ...containers] };
  update(draft, { pleg: seen });
  return isSame;
}

/** How new a relist makes what is known; the evented PLEG may be ahead of it. */
function relistedAt({ cacheTimeMs }: KubeletState['pleg'], relistTimeMs: number) {
  return { relistTimeMs, cacheTimeMs: Math.max(cacheTimeMs, relistTimeMs) };
}

/**
 * Takes a relist in: the cache is new, and what changed comes back as events. The termination message of a
 * container that has died is asked for; until it is there, its pod's cache counts as old.
 */
export function relisted(draft: Draft, listed: ReadonlyMap<string, RuntimePod>): readonly PlegEvent[] {
  const { pleg, nowMs } = draft.state;
  const { relistBegunMs = nowMs, ...rest } = pleg;
  const known = newerThanRelist(pleg, listed, relistBegunMs);
  const pods = new Map([...listed, ...known.map((pod) => [pod.podUid, pod] as const)]);
  const records: Record<string, PlegRecords> = {};
  for (const [podUid, pod] of pods) records[podUid] = recordsOf(pod);
  const events = sent(draft, diffRecords(pleg.records, records, pods, pleg.cache));
  const terminationMessages = keptMessages(pleg.terminationMessages, pods.values());
  const cache: Record<string, RuntimePod> = {};
  for (const pod of listed.values()) cache[pod.podUid] = withMessages(pod, terminationMessages);
  for (const pod of known) cache[pod.podUid] = pod;
  const modifiedMs = Object.fromEntries(known.map(({ podUid }) => [podUid, pleg.modifiedMs[podUid] ?? 0]));
  const times = relistedAt(pleg, relistBegunMs);
  update(draft, { pleg: { ...rest, ...times, records, cache, modifiedMs, terminationMessages } });
  for (const event of events) tell(draft, event, RELIST_TELLS);
  for (const podUid of pods.keys()) readMessages(draft, podUid);
  return events;
}

/** Pods of which an event told since the relist was begun: what it found of them is older (cache.go Set). */
function newerThanRelist(
  { cache, modifiedMs }: KubeletState['pleg'],
  listed: ReadonlyMap<string, RuntimePod>,
  relistBegunMs: number,
): readonly RuntimePod[] {
  const newer = Object.keys(modifiedMs).filter((podUid) => (modifiedMs[podUid] ?? 0) > relistBegunMs);
  return newer.flatMap((podUid) => cache[podUid] ?? listed.get(podUid) ?? []);
}

/**
 * Takes an event of the runtime in: `pod` is all that is known of it now. Returns what changed; nothing when
 * something newer was known (evented.go processCRIEvents, cache.go Set).
 */
export function podChanged(draft: Draft, pod: RuntimePod, atMs: number): readonly PlegEvent[] {
  const { podUid } = pod;
  const { answer: _old, ...pleg } = draft.state.pleg;
  if ((pleg.modifiedMs[podUid] ?? 0) > atMs) return [];
  const now = recordsOf(pod);
  const records = { ...pleg.records, [podUid]: now };
  const before = pick(pleg.records, podUid);
  const events = sent(draft, diffRecords(before, { [podUid]: now }, new Map([[podUid, pod]]), pleg.cache));
  const cache = { ...pleg.cache, [podUid]: withMessages(pod, pleg.terminationMessages) };
  const modifiedMs = { ...pleg.modifiedMs, [podUid]: atMs };
  const isGone = Object.keys(now).length === 0;
  const left = isGone
    ? {
        records: without(records, podUid),
        cache: without(cache, podUid),
        modifiedMs: without(modifiedMs, podUid),
      }
    : { records, cache, modifiedMs };
  const terminationMessages = keptMessages(pleg.terminationMessages, Object.values(left.cache));
  for (const event of events) tell(draft, event, STREAM_TELLS);
  update(draft, { pleg: { ...pleg, ...left, terminationMessages } });
  readMessages(draft, podUid);
  return events;
}

const pick = (records: Readonly<Record<string, PlegRecords>>, podUid: string) => {
  const own = records[podUid];
  return own === undefined ? {} : { [podUid]: own };
};

/**
 * What finds room in the channel to the sync loop; the rest is lost until the next resync. A state that says
 * nothing to anyone (created, unknown) is not sent.
 */
function sent(draft: Draft, changes: readonly PlegEvent[]): readonly PlegEvent[] {
  const events = changes.filter(({ type }) => type !== 'ContainerChanged');
  for (const _lost of events.slice(PLEG_CHANNEL_CAPACITY)) {
    logError(draft, 'generic.go', undefined, 'Event channel is full, discard this relist() cycle event');
  }
  return events.slice(0, PLEG_CHANNEL_CAPACITY);
}

const RELIST_TELLS = {
  sandbox: 'pleg.sandboxChanged',
  container: 'pleg.containerChanged',
  where: WHERE.relist,
} as const;
const STREAM_TELLS = {
  sandbox: 'pleg.sandboxTold',
  container: 'pleg.containerTold',
  where: WHERE.processCRIEvents,
} as const;

function tell(draft: Draft, event: PlegEvent, tells: typeof RELIST_TELLS | typeof STREAM_TELLS): void {
  const { type, id, name, before, now } = event;
  const say = {
    stage: 'sync',
    why: tells[event.kind],
    values: { name, id: id.slice(0, 12), before, now },
    where: tells.where,
  } as const;
  note(draft, 'pleg', referenceOfEvent(draft, event), type, now, say);
}

/** One pod was read from the runtime, past the relist: its cache is as new as that. */
export function podRead(draft: Draft, pod: RuntimePod): void {
  const { answer: _old, ...pleg } = draft.state.pleg;
  const cache = { ...pleg.cache, [pod.podUid]: withMessages(pod, pleg.terminationMessages) };
  update(draft, { pleg: { ...pleg, cache } });
  readMessages(draft, pod.podUid);
}

/** Whether the cache of a pod is complete, and newer than `sinceMs` (kubecontainer.Cache GetNewerThan). */
export function isCacheNewer(state: KubeletState, podUid: string, sinceMs: number): boolean {
  const { cacheTimeMs, modifiedMs } = state.pleg;
  const timeMs = Math.max(cacheTimeMs, modifiedMs[podUid] ?? cacheTimeMs);
  return timeMs > sinceMs && !isReadingMessages(state, podUid);
}

/** What the cache already holds of a pod that the sources only now speak of: as if it were seen just now. */
export function recordsSeen({ pleg }: KubeletState, podUid: string): readonly PlegEvent[] {
  const pod = pleg.cache[podUid];
  if (pod === undefined) return [];
  const newest = new Map(pod.containers.toReversed().map((status) => [status.metadata.name, status.id]));
  const [sandbox] = pod.sandboxes;
  const wanted = new Set([...newest.values(), ...(sandbox === undefined ? [] : [sandbox.id])]);
  return diffRecords({}, { [podUid]: recordsOf(pod) }, new Map([[podUid, pod]]), {}).filter(({ id }) =>
    wanted.has(id),
  );
}
