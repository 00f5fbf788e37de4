/**
 * What the sync loop does with the pods of its sources: a pod that came, changed or went.
 * Follows pkg/kubelet/kubelet.go HandlePodAdditions, HandlePodUpdates, HandlePodRemoves.
 */
import { supportOn } from '../api/support/fields.ts';
import { supportWarnings } from '../api/support/warnings.ts';
import type { Pod } from '../api/types.ts';
import { admit } from './admission/admit.ts';
import { nodeInfo } from './admission/node-info.ts';
import { noticeResize, podToAdmit, promise, retryResizes } from './allocation/allocation-manager.ts';
import { ALLOCATION_WHERE } from './allocation/where.ts';
import { sourcesReady } from './config-sources/config-sources.ts';
import type { PodOperation } from './config-sources/merge.ts';
import { podDirectoryLeft } from './container-gc/pod-directories.ts';
import { allocateCpus, holdWhileStarting } from './cpu-manager/cpu-manager.ts';
import { type Draft, forgetMachines, move, note, refOf, type Say, stateOf, update } from './draft.ts';
import { recordEvent } from './events/recorder.ts';
import { fieldsNotHonoured, rejected } from './events/texts.ts';
import { forgetPod } from './forget-pod.ts';
import { kObj, logInfo } from './log/log.ts';
import { logOperation } from './log/loop-log.ts';
import { shutdownStatus } from './node-shutdown/node-shutdown.ts';
import { observe } from './pleg/observe.ts';
import { recordsSeen } from './pleg/pleg.ts';
import { staticPodOfMirror } from './pod-manager/mirror-pods.ts';
import { configAnnotation, isMirrorPod, isStaticPod } from './pod-manager/pod-kinds.ts';
import { POD_MANAGER_WHERE } from './pod-manager/where.ts';
import { allContainers } from './pod-spec.ts';
import { activePods } from './pod-worker/active-pods.ts';
import { isTerminationRequested } from './pod-worker/pod-workers.ts';
import { sendUpdate, updatePod } from './pod-worker/worker.ts';
import { statusOf } from './pod-worker/worker-slice.ts';
import { beginPreemption, holdWhilePreempting } from './preemption/preempt.ts';
import { PREEMPTION_WHERE } from './preemption/where.ts';
import { hold, isGateShut } from './runtime-state/sync-gate.ts';
import { without } from './state.ts';
import { rejectedStatus } from './status/rejected.ts';
import { deleteIfDone, post, setPodStatus, statusReconciled } from './status/status-manager.ts';
import { WHERE } from './where.ts';

/**
 * What the sources want is done, one pod after the other. The loop takes no pod in while the CPU manager
 * starts, while the runtime is down, or while a critical pod waits for room.
 */
export function handleOperations(draft: Draft, operations: readonly PodOperation[]): void {
  for (const operation of operations) {
    if (holdWhileStarting(draft, operation)) continue;
    if (isGateShut(draft)) {
      hold(draft, { type: 'order', operation });
      continue;
    }
    if (holdWhilePreempting(draft, operation)) continue;
    logOperation(draft, operation);
    if (isMirrorPod(operation.pod)) mirrorChanged(draft, operation);
    else handleOperation(draft, operation);
  }
}

function handleOperation(draft: Draft, { op, pod }: PodOperation): void {
  switch (op) {
    case 'ADD':
      podAdded(draft, pod);
      return;
    case 'UPDATE':
    case 'DELETE':
      podUpdated(draft, pod);
      return;
    case 'RECONCILE':
      podReconciled(draft, pod);
      return;
    case 'REMOVE':
      podRemoved(draft, pod);
  }
}

/** A mirror is no pod of its own: the static pod that it shows is synced. */
function mirrorChanged(draft: Draft, { op, pod: mirror }: PodOperation): void {
  const { mirrorPods } = draft.state;
  const { uid } = mirror.metadata;
  update(draft, {
    mirrorPods: op === 'REMOVE' ? without(mirrorPods, uid) : { ...mirrorPods, [uid]: mirror },
  });
  const pod = staticPodOfMirror(draft.state, mirror);
  if (pod === undefined || op === 'RECONCILE') return;
  const say: Say = { stage: 'sync', why: 'mirror.changed', where: WHERE.handlePodUpdates };
  if (statusOf(draft, pod.metadata.uid) !== undefined) sendUpdate(draft, { type: 'update', pod }, say);
  post(draft, pod);
}

/**
 * HandlePodAdditions: the node takes the pod or refuses it.
 * @param roomMade other pods have ended for it.
 */
export function podAdded(draft: Draft, wanted: Pod, roomMade = false): void {
  const pod = podToAdmit(draft, wanted);
  const { uid } = pod.metadata;
  // What is left of an earlier life under the same UID is not part of this one.
  if (statusOf(draft, uid) === undefined && draft.state.workers[uid] !== undefined) forgetPod(draft, uid);
  const others = activePods(draft.state);
  update(draft, { pods: { ...draft.state.pods, [uid]: wanted } });
  if (isTerminationRequested(draft.state.podWorkers, uid)) {
    startAfterEnd(draft, pod);
    return;
  }
  const ref = refOf('pod', pod);
  const decision = admit({
    pod,
    others,
    node: nodeInfo(draft.state.node, draft.state.objects),
    allowedSysctls: draft.state.config.allowedUnsafeSysctls,
    pressures: draft.state.eviction.nodeConditions,
    roomMade,
    allocate: () => allocateCpus(draft, pod, others),
    shuttingDown: shutdownStatus(draft.state) !== undefined,
  });
  switch (decision.type) {
    case 'preempts': {
      const victims = decision.victims.map(({ metadata }) => metadata.name).join(', ');
      const values = { pod: pod.metadata.name, victims };
      const where = PREEMPTION_WHERE.handleFailure;
      const say: Say = { stage: 'admit', why: 'preemption.begins', values, where };
      note(draft, 'pod', ref.object, 'PodAdded', stateOf(draft, ref), say);
      beginPreemption(draft, pod, decision.victims);
      return;
    }
    case 'rejected': {
      const { reason, message } = decision;
      const told = { podUID: uid, pod: kObj(pod), reason, message };
      logInfo(draft, 0, 'kubelet.go', 'Pod admission denied', told);
      const values = { reason, message };
      const say: Say = { stage: 'admit', why: 'pod.rejected', values, where: WHERE.rejectPod };
      move(draft, ref, { type: 'Rejected' }, say);
      recordEvent(draft, pod, rejected(reason, message));
      setPodStatus(draft, pod, rejectedStatus(pod, decision, draft.state.nowMs));
      return;
    }
    case 'admitted':
      admitted(draft, pod, roomMade);
      // What an earlier kubelet had promised counts first; what the spec wants beyond it is a resize.
      if (pod !== wanted && noticeResize(draft, wanted)) resizesGoOn(draft);
  }
}

/** Its UID is in use by a pod that is just ending: it begins once housekeeping finds that one gone. */
function startAfterEnd(draft: Draft, pod: Pod): void {
  const say: Say = { stage: 'sync', why: 'worker.restartRequested', where: WHERE.handlePodAdditions };
  sendUpdate(draft, { type: 'create', pod }, say);
}

function admitted(draft: Draft, pod: Pod, roomMade: boolean): void {
  const { uid } = pod.metadata;
  promise(draft, pod);
  const ref = refOf('pod', pod);
  const why = roomMade ? 'preemption.roomMade' : 'pod.admitted';
  move(draft, ref, { type: 'Admitted' }, { stage: 'admit', why, where: WHERE.admit });
  tellNotHonoured(draft, pod);
  const waits = (pod.spec.initContainers ?? []).length > 0;
  for (const { name } of allContainers(pod)) {
    const container = refOf('container', pod, { name });
    const say: Say = {
      stage: 'admit',
      why: 'container.awaitsInit',
      values: { container: name },
      where: WHERE.generateStatus,
    };
    if (waits) move(draft, container, { type: 'AwaitInitContainers' }, say);
  }
  for (const record of recordsSeen(draft.state, uid)) observe(draft, pod, record);
  sendUpdate(draft, { type: 'create', pod }, sayAdded(pod));
}

function sayAdded(pod: Pod): Say {
  if (pod.metadata.deletionTimestamp !== undefined) {
    return { stage: 'kill', why: 'sync.podDeleted', where: WHERE.updatePod };
  }
  const where = WHERE.handlePodAdditions;
  if (!isStaticPod(pod)) return { stage: 'sync', why: 'sync.podAdded', where };
  const values = { source: configAnnotation(pod, 'source') ?? '' };
  return { stage: 'sync', why: 'sources.staticPod', values, where };
}

/** HandlePodReconcile: only the status changed; a pod with readiness gates waits for others' conditions. */
function podReconciled(draft: Draft, pod: Pod): void {
  const { uid } = pod.metadata;
  update(draft, { pods: { ...draft.state.pods, [uid]: pod } });
  statusReconciled(draft, pod);
  if (!pod.spec.readinessGates?.length || statusOf(draft, uid) === undefined) return;
  const where = POD_MANAGER_WHERE.handlePodReconcile;
  sendUpdate(draft, { type: 'sync', pod }, { stage: 'sync', why: 'sources.reconcile', where });
}

/** What the pod asks for and the runtime does not give is told once, when the pod comes. */
function tellNotHonoured(draft: Draft, pod: Pod): void {
  const { runtimeName } = draft.state.node;
  if (runtimeName !== 'wasm' && runtimeName !== 'docker') return;
  // What keeps a pod waiting has an event of its own.
  const ignored = supportWarnings(pod.spec, runtimeName).filter(
    ({ field }) => supportOn(field, runtimeName).support === 'warned',
  );
  const paths = ignored.map(({ path }) => path);
  if (paths.length > 0) recordEvent(draft, pod, fieldsNotHonoured(runtimeName, paths));
}

/** Resizes that wait may be granted now; the pods that have something new are synced. `except` is synced anyway. */
export function resizesGoOn(draft: Draft, except?: string): void {
  for (const podUid of retryResizes(draft, activePods(draft.state))) {
    if (podUid === except) continue;
    updatePod(draft, podUid, { stage: 'sync', why: 'resize.retried', where: ALLOCATION_WHERE.handleResize });
  }
}

/** HandlePodUpdates. */
function podUpdated(draft: Draft, pod: Pod): void {
  const { uid, deletionTimestamp } = pod.metadata;
  update(draft, { pods: { ...draft.state.pods, [uid]: pod } });
  // A pod that was rejected has no worker yet; its deletion still takes the same way.
  if (draft.state.workers[uid] === undefined && deletionTimestamp === undefined) return;
  if (deletionTimestamp === undefined) {
    if (noticeResize(draft, pod)) resizesGoOn(draft, uid);
    const say: Say = { stage: 'sync', why: 'sync.podUpdated', where: WHERE.handlePodUpdates };
    sendUpdate(draft, { type: 'update', pod }, say);
    return;
  }
  const graceSeconds = pod.metadata.deletionGracePeriodSeconds ?? 0;
  const say: Say = {
    stage: 'kill',
    why: 'sync.podDeleted',
    values: { seconds: graceSeconds },
    where: WHERE.updatePod,
  };
  sendUpdate(draft, { type: 'update', pod }, say);
  deleteIfDone(draft, pod);
}

/** HandlePodRemoves; while a source has not spoken yet, housekeeping will find the pod later. */
function podRemoved(draft: Draft, pod: Pod): void {
  const { uid } = pod.metadata;
  update(draft, { pods: without(draft.state.pods, uid) });
  podDirectoryLeft(draft);
  if (draft.state.workers[uid] === undefined) {
    update(draft, { statuses: without(draft.state.statuses, uid) });
    forgetMachines(draft, uid);
    return;
  }
  const ref = refOf('podWorker', pod);
  const state = stateOf(draft, ref);
  if (!sourcesReady(draft.state)) {
    const say: Say = { stage: 'kill', why: 'sources.notReady', where: POD_MANAGER_WHERE.deletePod };
    note(draft, 'podWorker', ref.object, 'PodRemoved', state, say);
    return;
  }
  const values = { source: configAnnotation(pod, 'source') ?? '' };
  const why = isStaticPod(pod) ? 'sources.manifestGone' : 'sync.podRemoved';
  const say: Say = { stage: 'kill', why, values, where: WHERE.handlePodRemoves };
  if (state.startsWith('terminat')) note(draft, 'podWorker', ref.object, 'PodRemoved', state, say);
  else sendUpdate(draft, { type: 'kill', pod }, say);
  resizesGoOn(draft);
}
