/**
 * The sync loop: every event that enters the kubelet, by its source, and the parts that handle it. It alone
 * composes the managers; they never call each other. Follows pkg/kubelet/kubelet.go syncLoopIteration.
 */
import type { Pod } from '../api/types.ts';
import { unreachable } from '../lib/assert.ts';
import { seedRandom } from '../lib/random.ts';
import { formatTime } from '../lib/time.ts';
import type { KubeletEvent, RuntimeNotice } from '../machines/events.ts';
import { admit } from './admission/admit.ts';
import { GC_PERIOD_MS, GC_TIMER } from './container-gc.ts';
import {
  type Draft,
  forget,
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
import { without } from './state.ts';
import { deleteIfDone, setPodStatus } from './status/status-manager.ts';
import { handleTimer, STATUS_PERIOD_MS, STATUS_TIMER, SYNC_PERIOD_MS, SYNC_TIMER } from './timers.ts';
import { WHERE } from './where.ts';

export function handleEvent(draft: Draft, event: KubeletEvent): void {
  switch (event.type) {
    case 'KubeletStarted':
      start(draft, event);
      return;
    case 'PodAdded':
      podAdded(draft, event.pod);
      return;
    case 'PodUpdated':
      podUpdated(draft, event.pod);
      return;
    case 'PodRemoved':
      podRemoved(draft, event.pod);
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
    .filter(({ metadata }) => !state.machines[`worker/${metadata.uid}`]?.state.startsWith('terminated'));
}

function podAdded(draft: Draft, pod: Pod): void {
  const { uid } = pod.metadata;
  const others = activePods(draft);
  update(draft, { pods: { ...draft.state.pods, [uid]: pod } });
  const decision = admit(pod, others, draft.state.node);
  const ref = refOf('pod', pod);
  if (!decision.admitted) {
    const { reason, message } = decision;
    move(
      draft,
      ref,
      { type: 'Rejected' },
      {
        stage: 'admit',
        why: 'pod.rejected',
        values: { reason, message },
        where: WHERE.rejectPod,
      },
    );
    recordEvent(draft, pod, rejected(reason, message));
    setPodStatus(draft, pod, {
      phase: 'Failed',
      reason,
      message: `Pod was rejected: ${message}`,
      startTime: formatTime(draft.state.nowMs),
    });
    return;
  }
  move(draft, ref, { type: 'Admitted' }, { stage: 'admit', why: 'pod.admitted', where: WHERE.admit });
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
    forget(draft, (key) => key.split('/')[1] === uid);
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
