/** What came of looking at the runtime: PLEG's events go to the workers, and a worker that asked goes on. */
import type { ContainerEvent } from '../api/cri.ts';
import type { Pod } from '../api/types.ts';
import { deleteDeadContainers } from './container-gc/evict.ts';
import type { Draft, Say } from './draft.ts';
import { resumeAfterKills } from './hook-outcomes.ts';
import { logPlegEvent } from './log/loop-log.ts';
import { broughtBack, type Outcome } from './outcome.ts';
import type { PlegEvent } from './pleg/diff.ts';
import {
  cacheUpdated,
  containerEventSeen,
  STREAM_KEY,
  streamBroken,
  streamGoesOn,
  streamOpened,
} from './pleg/evented.ts';
import { observe } from './pleg/observe.ts';
import { podRead, relisted, relistedTheSame, runtimePodsOf, scheduleRelist } from './pleg/pleg.ts';
import { isReadingMessages, messageRead } from './pleg/termination-messages.ts';
import { updatePod } from './pod-worker/worker.ts';
import { proceed, resume } from './pod-worker/worker-run.ts';
import { busyWorkers, setWorker, waitFor, waitOf } from './pod-worker/worker-slice.ts';
import type { PodWorker } from './pod-worker/worker-state.ts';
import { emptyRuntimePod } from './runtime-pod.ts';
import { hold, isGateShut } from './runtime-state/sync-gate.ts';
import { WHERE } from './where.ts';

/** A list came back: PLEG's own of everything, or the one that a worker asked for. */
export function relistReturned(draft: Draft, event: Outcome): void {
  const { podUid } = event.owner;
  const pod = draft.state.workers[podUid]?.pod;
  if (podUid === '') everythingListed(draft, event);
  else if (pod !== undefined) podListed(draft, pod, event);
}

/** What changed since the last relist is told, and the pods that it is about are synced. */
function everythingListed(draft: Draft, event: Outcome): void {
  const afterStream = event.owner.key === STREAM_KEY;
  if (!afterStream) scheduleRelist(draft);
  const result = broughtBack(event);
  if ('type' in result && result.type === 'podsAndContainers') {
    const { sandboxes, containers } = result;
    const isSame = relistedTheSame(draft, sandboxes, containers);
    const events = isSame ? [] : relisted(draft, runtimePodsOf(sandboxes, containers));
    changesSeen(draft, events, Object.values(draft.state.workers));
  }
  if (afterStream) streamGoesOn(draft);
}

/** The evented PLEG's stream was opened, or was not. */
export function streamReturned(draft: Draft, event: Outcome): void {
  if (event.type === 'EffectSucceeded') streamOpened(draft);
  else streamBroken(draft, event.error.message);
}

/** The runtime told what became of a container or a sandbox. */
export function containerEventCame(draft: Draft, event: ContainerEvent): void {
  const changes = containerEventSeen(draft, event);
  const worker = draft.state.workers[event.podSandboxStatus.metadata.uid];
  changesSeen(draft, changes, worker === undefined ? [] : [worker]);
}

/** All that is cached counts as new: whoever waited for that goes on. */
export function cacheTicked(draft: Draft): void {
  if (!cacheUpdated(draft)) return;
  for (const { podUid } of busyWorkers(draft)) proceed(draft, podUid);
}

/** The pods that changes are about are synced; of the others, `workers` that waited for the cache go on. */
function changesSeen(draft: Draft, events: readonly PlegEvent[], workers: readonly PodWorker[]): void {
  const toSync = new Set<string>();
  for (const change of events) {
    const known = draft.state.workers[change.podUid]?.pod;
    if (known === undefined) continue;
    if (change.type !== 'ContainerRemoved') logPlegEvent(draft, known, change);
    observe(draft, known, change);
    // Nothing has to be done about a record that is gone (kubelet.go isSyncPodWorthy).
    if (change.type !== 'ContainerRemoved') toSync.add(change.podUid);
  }
  for (const podUid of toSync) {
    const died = events.filter((change) => change.podUid === podUid && change.type === 'ContainerDied');
    if (died.length > 0)
      deleteDeadContainers(
        draft,
        podUid,
        died.map(({ id }) => id),
      );
  }
  if (toSync.size === 0 && draft.state.busyWorkers.length === 0) return;
  for (const { podUid } of workers) {
    if (toSync.has(podUid)) {
      const say: Say = { stage: 'sync', why: 'sync.pleg', where: WHERE.syncLoop };
      if (isGateShut(draft)) hold(draft, { type: 'sync', podUid, say });
      else updatePod(draft, podUid, say);
      resumeAfterKills(draft, podUid);
    } else if (draft.state.busyWorkers.includes(podUid)) proceed(draft, podUid);
  }
}

/** The worker asked for its own pod's state, past PLEG; termination messages belong to it. */
function podListed(draft: Draft, pod: Pod, event: Outcome): void {
  const { uid } = pod.metadata;
  const wait = waitOf(draft, uid);
  if (wait?.for !== 'effect' || wait.effectId !== event.effectId) return;
  const result = broughtBack(event);
  if ('type' in result && result.type === 'podsAndContainers') {
    const pods = runtimePodsOf(result.sandboxes, result.containers);
    podRead(draft, pods.get(uid) ?? emptyRuntimePod(uid));
  }
  if (isReadingMessages(draft.state, uid)) waitFor(draft, uid, { for: 'messages' });
  else resumeSeen(draft, uid);
}

/** The sync goes on with what was read just now. */
function resumeSeen(draft: Draft, podUid: string): void {
  const runtimePod = draft.state.pleg.cache[podUid] ?? emptyRuntimePod(podUid);
  setWorker(draft, podUid, { runtimePod });
  resume(draft, podUid);
}

/** A termination message was read; also of a pod that no worker knows: one may begin any time, and would wait for it. */
export function terminationMessageReturned(draft: Draft, uid: string, event: Outcome): void {
  const result = broughtBack(event);
  const text = 'type' in result && result.type === 'text' ? result.text : '';
  const reading = Object.entries(draft.state.pleg.terminationMessages).filter(([, read]) => read === null);
  const own = draft.state.pleg.cache[uid]?.containers ?? [];
  const name = event.owner.object.container;
  const id = reading
    .map(([key]) => key)
    .find((key) => own.some((c) => c.id === key && c.metadata.name === name));
  if (id !== undefined) messageRead(draft, uid, id, text);
  if (isReadingMessages(draft.state, uid) || draft.state.workers[uid] === undefined) return;
  if (waitOf(draft, uid)?.for === 'messages') resumeSeen(draft, uid);
  else proceed(draft, uid);
}
