/**
 * What came of an effect: one switch brings each outcome to the part that asked. Success is taken from what
 * was read back of the runtime, failure from what it reported.
 */

import type { Pod } from '../api/types.ts';
import { collectorReturned } from './collectors.ts';
import {
  FILE_TIMER,
  HTTP_TIMER,
  manifestsFetched,
  manifestsListed,
} from './config-sources/config-sources.ts';
import { CPU_MANAGER_KEY, checkpointRead } from './cpu-manager/cpu-manager.ts';
import type { Draft } from './draft.ts';
import { statsReturned } from './eviction-loop.ts';
import { hookReturned } from './hook-outcomes.ts';
import { imageCallReturned, imagePullOrphaned } from './image-outcomes.ts';
import { PULL_RECORDS_KEY, pullRecordsRead } from './images/pull-record-files.ts';
import { leaseCallReturned } from './lease/lease.ts';
import { nodeCallReturned } from './node-status/node-status-manager.ts';
import { objectSeen } from './objects/object-cache.ts';
import { broughtBack, type Outcome } from './outcome.ts';
import { relistReturned, streamReturned, terminationMessageReturned } from './pleg-outcomes.ts';
import { handleOperations } from './pod-handlers.ts';
import { envFileRead } from './pod-worker/env-files.ts';
import { mirrorReturned } from './pod-worker/mirror-task.ts';
import { memoryChecked, resizeReturned } from './pod-worker/resize.ts';
import { sandboxCreated, sandboxFailed, sandboxStopped } from './pod-worker/sandbox.ts';
import { containerCreated, containerStarted, startCallFailed } from './pod-worker/start-container.ts';
import { directoriesReturned } from './pod-worker/tasks.ts';
import { resume } from './pod-worker/worker-run.ts';
import { waitOf } from './pod-worker/worker-slice.ts';
import { probeAnswered } from './probe-outcomes.ts';
import { runtimeAnswered, versionAnswered } from './runtime-state/runtime-up.ts';
import { deletionFailed, patchReturned } from './status/status-manager.ts';
import { stopReturned } from './stop-outcomes.ts';
import { volumeCallReturned } from './volume-outcomes.ts';

/** Brings an outcome to whoever asked; one that an earlier kubelet process asked for concerns nobody. */
export function handleOutcome(draft: Draft, event: Outcome): void {
  if (event.effectId < draft.state.firstEffectId) return;
  if (event.type === 'EffectSucceeded' && event.result.type === 'object') {
    objectSeen(draft, event.result.object);
  }
  if (managerReturned(draft, event)) return;
  const pod = draft.state.workers[event.owner.podUid]?.pod;
  if (pod !== undefined) workerReturned(draft, pod, event);
  else if (event.effectType === 'pullImage') imagePullOrphaned(draft, event.owner);
}

/** Outcomes that managers wait for, whether or not the pod has a worker; false when it is none of them. */
function managerReturned(draft: Draft, event: Outcome): boolean {
  const { effectId, effectType, owner } = event;
  const { podUid, key } = owner;
  const result = broughtBack(event);
  if (collectorReturned(draft, effectId, key, result)) return true;
  if (nodeCallReturned(draft, key, result) || leaseCallReturned(draft, key, result)) return true;
  switch (key) {
    case CPU_MANAGER_KEY:
      if (effectType === 'readNodeFile') checkpointRead(draft, result);
      return true;
    case PULL_RECORDS_KEY:
      pullRecordsRead(draft, result);
      return true;
    case FILE_TIMER:
      handleOperations(draft, manifestsListed(draft, result));
      return true;
    case HTTP_TIMER:
      handleOperations(draft, manifestsFetched(draft, result));
      return true;
  }
  switch (effectType) {
    case 'runtimeStatus':
      runtimeAnswered(draft, result);
      return true;
    case 'runtimeVersion':
      versionAnswered(draft, result);
      return true;
    case 'relist':
      relistReturned(draft, event);
      return true;
    case 'getContainerEvents':
      streamReturned(draft, event);
      return true;
    case 'readStats':
      if (podUid !== '') return false;
      statsReturned(draft, effectId, result);
      return true;
    case 'patchPodStatus':
      patchReturned(draft, podUid, effectId, event.type === 'EffectFailed' ? event.error : undefined);
      return true;
    case 'deletePod':
      if (event.type === 'EffectFailed') deletionFailed(draft, podUid);
      return true;
    case 'readTerminationMessage':
      terminationMessageReturned(draft, podUid, event);
      return true;
    default:
      return false;
  }
}

/** Outcomes that the pod's worker, or something of the pod, waits for. */
function workerReturned(draft: Draft, pod: Pod, event: Outcome): void {
  switch (event.effectType) {
    case 'execSync':
    case 'httpGet':
    case 'tcpConnect':
    case 'grpcHealthCheck':
      if (event.owner.key.startsWith('probe/')) probeAnswered(draft, pod, event);
      else hookReturned(draft, pod, event);
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

/** The outcome of the effect that the task under way waits for. */
function taskReturned(draft: Draft, pod: Pod, event: Outcome): void {
  const { uid } = pod.metadata;
  const wait = waitOf(draft, uid);
  if (wait?.for !== 'effect' || wait.effectId !== event.effectId) return;
  const result = broughtBack(event);
  const failure = event.type === 'EffectFailed' ? event.error.message : undefined;
  const task = draft.state.workers[uid]?.sync?.task;
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
      if (task?.type !== 'startContainer') break;
      if ('code' in result) startCallFailed(draft, pod, task, result.message, result.reason);
      else if (result.type === 'container') {
        if (event.effectType === 'createContainer') containerCreated(draft, pod, task, result.status);
        else containerStarted(draft, pod, task, result.status);
      }
      break;
    }
    case 'readStats':
      memoryChecked(draft, pod, task, result);
      break;
    case 'updateContainerResources':
    case 'updatePodSandboxResources':
      resizeReturned(draft, pod, task, failure);
      break;
    default:
      break;
  }
  resume(draft, uid);
}
