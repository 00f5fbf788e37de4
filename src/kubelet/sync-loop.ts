/**
 * The sync loop: every event that enters the kubelet, by its source, and the parts that handle it. It alone
 * composes the managers; they never call each other. Follows pkg/kubelet/kubelet.go syncLoopIteration.
 */
import type { Pod } from '../api/types.ts';
import { unreachable } from '../lib/assert.ts';
import { seedRandom } from '../lib/random.ts';
import type { KubeletEvent, RuntimeNotice } from '../machines/events.ts';
import { admit } from './admission/admit.ts';
import { nodeInfo } from './admission/node-info.ts';
import { GC_PERIOD_MS, GC_TIMER } from './container-gc.ts';
import {
  type Draft,
  forgetMachines,
  move,
  moveIf,
  note,
  refOf,
  type Say,
  snapshotOf,
  stateOf,
  update,
} from './draft.ts';
import { recordEvent } from './events/recorder.ts';
import { rejected } from './events/texts.ts';
import { HOUSEKEEPING_PERIOD_MS, HOUSEKEEPING_TIMER } from './housekeeping.ts';
import { startTimer } from './loop-timer.ts';
import { objectGone, objectSeen } from './objects/object-cache.ts';
import { handleOutcome } from './outcomes.ts';
import { observe } from './pleg/observe.ts';
import { beginRelist, nodeOwner, recordsSeen } from './pleg/pleg.ts';
import { allContainers } from './pod-spec.ts';
import { startWorker, terminatePod, updatePod } from './pod-worker/worker.ts';
import { setWorker } from './pod-worker/worker-slice.ts';
import { beginPreemption, holdWhilePreempting, preemptionGoesOn } from './preemption/preempt.ts';
import { PREEMPTION_WHERE } from './preemption/where.ts';
import { without } from './state.ts';
import { rejectedStatus } from './status/rejected.ts';
import { deleteIfDone, setPodStatus } from './status/status-manager.ts';
import { handleTimer, STATUS_PERIOD_MS, STATUS_TIMER, SYNC_PERIOD_MS, SYNC_TIMER } from './timers.ts';
import { WHERE } from './where.ts';

export function handleEvent(draft: Draft, event: KubeletEvent): void {
  dispatch(draft, event);
  const over = preemptionGoesOn(draft);
  if (over === undefined) return;
  const pod = draft.state.pods[over.podUid];
  if (pod !== undefined) podAdded(draft, pod, true);
  for (const held of over.held) handleEvent(draft, held);
}

function dispatch(draft: Draft, event: KubeletEvent): void {
  switch (event.type) {
    case 'KubeletStarted':
      start(draft, event);
      return;
    case 'PodAdded':
      if (!holdWhilePreempting(draft, event)) podAdded(draft, event.pod);
      return;
    case 'PodUpdated':
      if (!holdWhilePreempting(draft, event)) podUpdated(draft, event.pod);
      return;
    case 'PodRemoved':
      if (!holdWhilePreempting(draft, event)) podRemoved(draft, event.pod);
      return;
    case 'ObjectChanged':
      objectSeen(draft, event.object);
      return;
    case 'ObjectRemoved':
      objectGone(draft, event.object);
      return;
    case 'TimerFired':
      handleTimer(draft, event);
      return;
    case 'EffectSucceeded':
    case 'EffectFailed':
      handleOutcome(draft, event);
      return;
    case 'RuntimeNoticed':
      noticed(draft, event.notice);
      return;
    default:
      unreachable(event);
  }
}

function start(draft: Draft, event: Extract<KubeletEvent, { type: 'KubeletStarted' }>): void {
  const { nodeName, hostIP, seed, atMs } = event;
  update(draft, {
    node: { ...draft.state.node, nodeName, hostIP },
    random: seedRandom(seed),
    startedMs: atMs,
  });
  const { object } = nodeOwner(draft.state, '');
  note(draft, 'syncLoop', object, event.type, 'running', {
    stage: 'sync',
    why: 'sync.started',
    where: WHERE.run,
  });
  beginRelist(draft);
  startTimer(draft, SYNC_TIMER, SYNC_PERIOD_MS);
  startTimer(draft, HOUSEKEEPING_TIMER, HOUSEKEEPING_PERIOD_MS);
  startTimer(draft, STATUS_TIMER, STATUS_PERIOD_MS);
  startTimer(draft, GC_TIMER, GC_PERIOD_MS);
}

/** The pods that hold resources of the node: admitted, and not over. */
function activePods({ state }: Draft): Pod[] {
  return Object.values(state.workers)
    .map(({ pod }) => pod)
    .filter(
      ({ metadata }) =>
        !state.machines[metadata.uid]?.[`worker/${metadata.uid}`]?.state.startsWith('terminated'),
    );
}

/** `roomMade`: other pods have ended for it. */
function podAdded(draft: Draft, pod: Pod, roomMade = false): void {
  const { uid } = pod.metadata;
  const others = activePods(draft);
  update(draft, { pods: { ...draft.state.pods, [uid]: pod } });
  const ref = refOf('pod', pod);
  const decision = admit({
    pod,
    others,
    node: nodeInfo(draft.state.node, draft.state.objects),
    pressures: [],
    allowedSysctls: draft.state.config.allowedUnsafeSysctls,
    roomMade,
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
      const values = { reason, message };
      const say: Say = { stage: 'admit', why: 'pod.rejected', values, where: WHERE.rejectPod };
      move(draft, ref, { type: 'Rejected' }, say);
      recordEvent(draft, pod, rejected(reason, message));
      setPodStatus(draft, pod, rejectedStatus(pod, decision, draft.state.nowMs));
      return;
    }
    case 'admitted':
      admitted(draft, pod, roomMade);
  }
}

function admitted(draft: Draft, pod: Pod, roomMade: boolean): void {
  const { uid } = pod.metadata;
  const ref = refOf('pod', pod);
  const why = roomMade ? 'preemption.roomMade' : 'pod.admitted';
  move(draft, ref, { type: 'Admitted' }, { stage: 'admit', why, where: WHERE.admit });
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
  startWorker(draft, pod);
  for (const record of recordsSeen(draft.state, uid)) observe(draft, pod, record);
  if (pod.metadata.deletionTimestamp !== undefined) {
    terminatePod(draft, uid, { stage: 'kill', why: 'sync.podDeleted', where: WHERE.updatePod });
    return;
  }
  updatePod(draft, uid, { stage: 'sync', why: 'sync.podAdded', where: WHERE.handlePodAdditions });
}

function podUpdated(draft: Draft, pod: Pod): void {
  const { uid, deletionTimestamp } = pod.metadata;
  if (draft.state.pods[uid] === undefined) {
    podAdded(draft, pod);
    return;
  }
  update(draft, { pods: { ...draft.state.pods, [uid]: pod } });
  // A pod that was rejected has no worker yet; its deletion still takes the same way.
  if (draft.state.workers[uid] === undefined) {
    if (deletionTimestamp === undefined) return;
    startWorker(draft, pod);
  }
  setWorker(draft, uid, { pod });
  if (deletionTimestamp === undefined) {
    updatePod(draft, uid, { stage: 'sync', why: 'sync.podUpdated', where: WHERE.handlePodUpdates });
    return;
  }
  const graceSeconds = pod.metadata.deletionGracePeriodSeconds ?? 0;
  const say: Say = {
    stage: 'kill',
    why: 'sync.podDeleted',
    values: { seconds: graceSeconds },
    where: WHERE.updatePod,
  };
  terminatePod(draft, uid, say);
  deleteIfDone(draft, pod);
}

function podRemoved(draft: Draft, pod: Pod): void {
  const { uid } = pod.metadata;
  update(draft, { pods: without(draft.state.pods, uid) });
  if (draft.state.workers[uid] === undefined) {
    update(draft, { statuses: without(draft.state.statuses, uid) });
    forgetMachines(draft, uid);
    return;
  }
  const state = stateOf(draft, refOf('podWorker', pod));
  const say: Say = { stage: 'kill', why: 'sync.podRemoved', where: WHERE.handlePodRemoves };
  if (state.startsWith('terminat'))
    note(draft, 'podWorker', refOf('pod', pod).object, 'PodRemoved', state, say);
  else terminatePod(draft, uid, say);
}

/** Unasked words of the runtime. The generic PLEG takes deaths from its relist, not from here. */
function noticed(draft: Draft, notice: RuntimeNotice): void {
  if (notice.type !== 'ContainerSignalled') return;
  const pod = draft.state.workers[notice.podUid]?.pod;
  if (pod === undefined) return;
  for (const { name } of allContainers(pod)) {
    const ref = refOf('container', pod, { name });
    if (snapshotOf(draft, ref).context.containerId !== notice.containerId) continue;
    const { signal } = notice;
    const why = signal === 'SIGKILL' ? 'container.killed' : 'container.signalled';
    const say: Say = { stage: 'kill', why, values: { container: name, signal }, where: WHERE.killContainer };
    moveIf(draft, ref, { type: 'ContainerSignalled', signal }, say);
  }
}
