/**
 * What came of an effect: one switch brings each outcome to the part that asked. Success is taken from what
 * was read back of the runtime, failure from what it reported.
 */
import type { Pod } from '../api/types.ts';
import type { EffectError, EffectResult, KubeletEvent } from '../machines/events.ts';
import { collectorReturned } from './collectors.ts';
import {
  FILE_TIMER,
  HTTP_TIMER,
  manifestsFetched,
  manifestsListed,
} from './config-sources/config-sources.ts';
import { deleteDeadContainers } from './container-gc/evict.ts';
import { CPU_MANAGER_KEY, checkpointRead } from './cpu-manager/cpu-manager.ts';
import { type Draft, moveIf, refOf, type Say } from './draft.ts';
import { statsReturned } from './eviction-loop.ts';
import { hookReturned, resumeAfterKills } from './hook-outcomes.ts';
import { imageCallReturned, imagePullOrphaned } from './image-outcomes.ts';
import { leaseCallReturned } from './lease/lease.ts';
import { logPlegEvent, logProbeSync } from './log/loop-log.ts';
import { nodeCallReturned } from './node-status/node-status-manager.ts';
import { objectSeen } from './objects/object-cache.ts';
import { observe } from './pleg/observe.ts';
import {
  isReadingMessages,
  messageRead,
  podRead,
  relisted,
  relistedTheSame,
  runtimePodsOf,
  scheduleRelist,
} from './pleg/pleg.ts';
import { handleOperations } from './pod-handlers.ts';
import { envFileRead } from './pod-worker/env-files.ts';
import { mirrorReturned } from './pod-worker/mirror-task.ts';
import { memoryChecked, resizeReturned } from './pod-worker/resize.ts';
import { sandboxCreated, sandboxFailed, sandboxStopped } from './pod-worker/sandbox.ts';
import {
  containerCreated,
  containerStarted,
  type StartTask,
  startCallFailed,
} from './pod-worker/start-container.ts';
import { directoriesReturned, volumesMounted } from './pod-worker/tasks.ts';
import { updatePod } from './pod-worker/worker.ts';
import { proceed, proceedIfDue, resume } from './pod-worker/worker-run.ts';
import { setWorker, waitFor, waitOf } from './pod-worker/worker-slice.ts';
import { type ProbeChange, probeReturned } from './prober/prober-manager.ts';
import { emptyRuntimePod } from './runtime-pod.ts';
import { runtimeAnswered } from './runtime-state/runtime-up.ts';
import { hold, isGateShut } from './runtime-state/sync-gate.ts';
import { deletionFailed, patchReturned, setContainerFlag } from './status/status-manager.ts';
import { stopReturned } from './stop-outcomes.ts';
import { volumeReturned } from './volumes/set-up.ts';
import { allMounted, unmountVolumes } from './volumes/volume-manager.ts';
import { WHERE } from './where.ts';

type Outcome = Extract<KubeletEvent, { type: 'EffectSucceeded' | 'EffectFailed' }>;

/** What came back: a result, or the error (which has a `code`). */
function broughtBack(event: Outcome): EffectResult | EffectError {
  return event.type === 'EffectSucceeded' ? event.result : event.error;
}

const failureOf = (event: Outcome) => (event.type === 'EffectFailed' ? event.error.message : undefined);

export function handleOutcome(draft: Draft, event: Outcome): void {
  if (event.effectId < draft.state.firstEffectId) return;
  const { podUid, key } = event.owner;
  const pod = draft.state.workers[podUid]?.pod;
  if (event.type === 'EffectSucceeded' && event.result.type === 'object') {
    objectSeen(draft, event.result.object);
  }
  if (collectorReturned(draft, event.effectId, key, broughtBack(event))) return;
  if (key === CPU_MANAGER_KEY) {
    if (event.effectType === 'readNodeFile') checkpointRead(draft, broughtBack(event));
    return;
  }
  if (event.effectType === 'runtimeStatus') {
    runtimeAnswered(draft, broughtBack(event));
    return;
  }
  if (nodeCallReturned(draft, key, broughtBack(event))) return;
  if (leaseCallReturned(draft, key, broughtBack(event))) return;
  if (event.effectType === 'relist') {
    relistReturned(draft, event, pod);
    return;
  }
  if (event.effectType === 'readStats' && podUid === '') {
    statsReturned(draft, event.effectId, broughtBack(event));
    return;
  }
  if (event.effectType === 'patchPodStatus') {
    patchReturned(draft, podUid, event.effectId, event.type === 'EffectSucceeded');
    return;
  }
  if (key === FILE_TIMER) {
    handleOperations(draft, manifestsListed(draft, broughtBack(event)));
    return;
  }
  if (key === HTTP_TIMER) {
    handleOperations(draft, manifestsFetched(draft, broughtBack(event)));
    return;
  }
  if (event.effectType === 'deletePod') {
    if (event.type === 'EffectFailed') deletionFailed(draft, podUid);
    return;
  }
  if (event.effectType === 'readTerminationMessage') {
    terminationMessageReturned(draft, podUid, event);
    return;
  }
  if (pod === undefined) {
    if (event.effectType === 'pullImage') imagePullOrphaned(draft, event.owner);
    return;
  }
  switch (event.effectType) {
    case 'execSync':
    case 'httpGet':
    case 'tcpConnect':
    case 'grpcHealthCheck':
      if (key.startsWith('probe/')) probeAnswered(draft, pod, event);
      else hookReturned(draft, pod, event, broughtBack(event));
      return;
    case 'mountVolume':
    case 'unmountVolume':
    case 'requestToken':
      volumeCallReturned(draft, pod, event);
      return;
    case 'imageStatus':
    case 'pullImage':
      imageCallReturned(draft, pod, event.owner, event.effectType, broughtBack(event));
      return;
    case 'stopContainer':
      stopReturned(draft, pod, event.owner.object.container ?? '', broughtBack(event));
      return;
    default:
      taskReturned(draft, pod, event);
  }
}

function relistReturned(draft: Draft, event: Outcome, pod: Pod | undefined): void {
  if (event.owner.podUid !== '') {
    if (pod !== undefined) podReturned(draft, pod, event);
    return;
  }
  scheduleRelist(draft);
  const result = broughtBack(event);
  if (!('type' in result) || result.type !== 'podsAndContainers') return;
  const { sandboxes, containers } = result;
  const isSame = relistedTheSame(draft, sandboxes, containers);
  const events = isSame ? [] : relisted(draft, runtimePodsOf(sandboxes, containers));
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
  for (const worker of Object.values(draft.state.workers)) {
    const { podUid } = worker;
    if (toSync.has(podUid)) {
      const say: Say = { stage: 'sync', why: 'sync.pleg', where: WHERE.syncLoop };
      if (isGateShut(draft)) hold(draft, { type: 'sync', podUid, say });
      else updatePod(draft, podUid, say);
      resumeAfterKills(draft, podUid);
    } else proceedIfDue(draft, worker);
  }
}

/** The worker asked for its own pod's state, past PLEG; termination messages belong to it. */
function podReturned(draft: Draft, pod: Pod, event: Outcome): void {
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

function probeAnswered(draft: Draft, pod: Pod, event: Outcome): void {
  const key = event.owner.key.slice('probe/'.length);
  const change = probeReturned(draft, pod, key, event.effectId, broughtBack(event));
  if (change !== undefined) resultChanged(draft, pod, change);
}

/** kubelet.go syncLoopIteration, the three channels of probe results. */
export function resultChanged(draft: Draft, pod: Pod, change: ProbeChange): void {
  const { kind, container, containerId, result } = change;
  const { uid } = pod.metadata;
  if (isGateShut(draft)) {
    hold(draft, { type: 'probe', podUid: uid, change });
    return;
  }
  const values = { container };
  if (kind !== 'liveness' || result === 'failure') logProbeSync(draft, pod, kind, result);
  if (kind === 'startup' && result === 'success') {
    const say: Say = { stage: 'probe', why: 'container.startupSucceeded', values, where: WHERE.syncLoop };
    moveIf(draft, refOf('container', pod, { name: container }), { type: 'StartupSucceeded' }, say);
  }
  if (kind !== 'liveness') setContainerFlag(draft, pod, { kind, containerId, value: result === 'success' });
  if (kind === 'liveness' && result === 'success') return;
  const why = kind === 'readiness' ? 'sync.readiness' : kind === 'startup' ? 'sync.startup' : 'sync.liveness';
  updatePod(draft, uid, { stage: 'probe', why, values: { container, result }, where: WHERE.syncLoop });
}

function volumeCallReturned(draft: Draft, pod: Pod, event: Outcome): void {
  const result = broughtBack(event);
  const { key } = event.owner;
  if ('code' in result) volumeReturned(draft, pod, key, { type: 'failed', message: result.message });
  else if (result.type === 'mounted' || result.type === 'token') volumeReturned(draft, pod, key, result);
  else volumeReturned(draft, pod, key, { type: 'unmounted' });
  volumesGoOn(draft, pod);
}

/** Whoever waits for volumes goes on when the last one is there, or gone. */
export function volumesGoOn(draft: Draft, pod: Pod): void {
  const { uid } = pod.metadata;
  const wait = waitOf(draft, uid);
  if (wait?.for === 'volumes' && allMounted(draft, pod)) {
    volumesMounted(draft, pod);
    resume(draft, uid);
  }
  if (wait?.for === 'unmounts' && unmountVolumes(draft, pod)) resume(draft, uid);
}

/** The start that the sync of a pod is at; undefined when it is at none, or at another container's. */
function startTaskOf(draft: Draft, podUid: string, name?: string): StartTask | undefined {
  const task = draft.state.workers[podUid]?.sync?.task;
  return task?.type === 'startContainer' && (name === undefined || task.name === name) ? task : undefined;
}

/** Also of a pod that no worker knows: one may begin any time, and would wait for it. */
function terminationMessageReturned(draft: Draft, uid: string, event: Outcome): void {
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

/** The outcome of the effect that the task under way waits for. */
function taskReturned(draft: Draft, pod: Pod, event: Outcome): void {
  const { uid } = pod.metadata;
  const wait = waitOf(draft, uid);
  if (wait?.for !== 'effect' || wait.effectId !== event.effectId) return;
  const result = broughtBack(event);
  const failure = failureOf(event);
  const task = startTaskOf(draft, uid);
  switch (event.effectType) {
    case 'makePodDirectories':
      directoriesReturned(draft, pod, failure);
      break;
    case 'runPodSandbox':
      if ('type' in result && result.type === 'sandbox') sandboxCreated(draft, pod, result.status);
      else sandboxFailed(draft, pod, failure ?? 'the runtime gave no sandbox');
      break;
    case 'deleteObject':
    case 'createObject':
      // A mirror pod; when one was taken away, the new one comes next.
      if (mirrorReturned(draft, pod, event.effectType, failure)) return;
      break;
    case 'stopPodSandbox':
      sandboxStopped(draft, pod, failure);
      break;
    case 'readNodeFile':
      envFileRead(draft, uid, 'type' in result && result.type === 'text' ? result.text : null);
      break;
    case 'createContainer':
    case 'startContainer': {
      if (task === undefined) break;
      if ('code' in result) startCallFailed(draft, pod, task, result.message, result.reason);
      else if (result.type === 'container') {
        if (event.effectType === 'createContainer') containerCreated(draft, pod, task, result.status);
        else containerStarted(draft, pod, task, result.status);
      }
      break;
    }
    case 'readStats':
      memoryChecked(draft, pod, draft.state.workers[uid]?.sync?.task, result);
      break;
    case 'updateContainerResources':
    case 'updatePodSandboxResources':
      resizeReturned(draft, pod, draft.state.workers[uid]?.sync?.task, failure);
      break;
    default:
      break;
  }
  resume(draft, uid);
}
