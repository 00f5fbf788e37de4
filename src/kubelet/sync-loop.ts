/**
 * The sync loop: every event that enters the kubelet, by its source, and the parts that handle it. It alone
 * composes the managers; they never call each other. Follows pkg/kubelet/kubelet.go syncLoopIteration.
 */
import { unreachable } from '../lib/assert.ts';
import type { KubeletEvent, RuntimeNotice } from '../machines/events.ts';
import { startCollectors } from './collectors.ts';
import {
  nodeFileChanged,
  sourceChanged,
  sourceListed,
  sourceRemoved,
  startSources,
} from './config-sources/config-sources.ts';
import { beginCpuManager, heldByStart } from './cpu-manager/cpu-manager.ts';
import { type Draft, moveIf, nodeOwner, note, refOf, type Say, snapshotOf, update } from './draft.ts';
import { startEviction } from './eviction/eviction-manager.ts';
import { HOUSEKEEPING_PERIOD_MS, HOUSEKEEPING_TIMER } from './housekeeping.ts';
import { readPullRecords } from './images/pull-record-files.ts';
import { startLease } from './lease/lease.ts';
import { logLoopStarts } from './log/loop-log.ts';
import { startTimer } from './loop-timer.ts';
import {
  shutdownCancelled,
  shutdownGoesOn,
  shutdownRequested,
  startShutdownManager,
} from './node-shutdown/node-shutdown.ts';
import { ownNode } from './node-status/node-inputs.ts';
import { startNode, syncNodeStatus } from './node-status/node-status-manager.ts';
import { objectGone, objectSeen } from './objects/object-cache.ts';
import { systemOomSeen } from './oom-watcher.ts';
import { handleOutcome } from './outcomes.ts';
import { startEventedPleg, streamBroken } from './pleg/evented.ts';
import { beginRelist } from './pleg/pleg.ts';
import { containerEventCame } from './pleg-outcomes.ts';
import { handleOperations, podAdded } from './pod-handlers.ts';
import { allContainers } from './pod-spec.ts';
import { registerStaticPods } from './pod-worker/mirror-task.ts';
import { updatePod } from './pod-worker/worker.ts';
import { preemptionGoesOn } from './preemption/preempt.ts';
import { resultChanged } from './probe-outcomes.ts';
import { runtimeDied } from './runtime-state/runtime-died.ts';
import { startRuntimeState } from './runtime-state/runtime-up.ts';
import { GATE_TIMER, gateLooksAgain } from './runtime-state/sync-gate.ts';
import { startedState } from './state.ts';
import { handleTimer, STATUS_PERIOD_MS, STATUS_TIMER, SYNC_PERIOD_MS, SYNC_TIMER } from './timers.ts';
import { WHERE } from './where.ts';

export function handleEvent(draft: Draft, event: KubeletEvent): void {
  // Nobody is there any more who could hear it.
  if (draft.state.exited !== undefined && event.type !== 'KubeletStarted') return;
  const hadNode = ownNode(draft.state) !== undefined;
  dispatch(draft, event);
  if (!hadNode) registerStaticPods(draft);
  handleOperations(draft, heldByStart(draft));
  shutdownGoesOn(draft);
  const over = preemptionGoesOn(draft);
  if (over === undefined) return;
  const pod = draft.state.pods[over.podUid];
  if (pod !== undefined) podAdded(draft, pod, true);
  handleOperations(draft, over.held);
}

function dispatch(draft: Draft, event: KubeletEvent): void {
  switch (event.type) {
    case 'KubeletStarted':
      start(draft, event);
      return;
    case 'KubeletStopped':
      stop(draft);
      return;
    case 'PodsListed':
      handleOperations(draft, sourceListed(draft, event.source, event.pods));
      return;
    case 'PodAdded':
    case 'PodUpdated':
      handleOperations(draft, sourceChanged(draft, event.source, event.pod));
      return;
    case 'PodRemoved':
      handleOperations(draft, sourceRemoved(draft, event.source, event.pod));
      return;
    case 'NodeFileChanged':
      nodeFileChanged(draft, event.path);
      return;
    case 'ObjectChanged':
      objectSeen(draft, event.object);
      return;
    case 'ObjectRemoved':
      objectGone(draft, event.object);
      return;
    case 'NodeShutdownRequested':
      if (shutdownRequested(draft)) syncNodeStatus(draft);
      return;
    case 'NodeShutdownCancelled':
      shutdownCancelled(draft);
      return;
    case 'TimerFired':
      if (event.timerId === GATE_TIMER) gateOpens(draft);
      else handleTimer(draft, event);
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

/** The sync loop looks again whether it may run; then what has waited comes in its order. */
function gateOpens(draft: Draft): void {
  for (const held of gateLooksAgain(draft) ?? []) {
    if (held.type === 'order') handleOperations(draft, [held.operation]);
    else {
      const pod = draft.state.workers[held.podUid]?.pod;
      if (pod === undefined) continue;
      if (held.type === 'probe') resultChanged(draft, pod, held.change);
      else updatePod(draft, held.podUid, held.say);
    }
  }
}

function start(draft: Draft, event: Extract<KubeletEvent, { type: 'KubeletStarted' }>): void {
  const isFirst = draft.state.startedMs === undefined;
  draft.state = startedState(draft.state, event);
  for (const object of event.objects ?? []) objectSeen(draft, object);
  const { object } = nodeOwner(draft.state, '');
  note(draft, 'syncLoop', object, event.type, 'running', {
    stage: 'sync',
    why: isFirst ? 'sync.started' : 'kubelet.restarted',
    where: WHERE.run,
  });
  beginCpuManager(draft);
  readPullRecords(draft);
  startShutdownManager(draft);
  logLoopStarts(draft);
  startRuntimeState(draft);
  startNode(draft);
  startLease(draft);
  beginRelist(draft);
  startEventedPleg(draft);
  startSources(draft);
  startTimer(draft, SYNC_TIMER, SYNC_PERIOD_MS);
  startTimer(draft, HOUSEKEEPING_TIMER, HOUSEKEEPING_PERIOD_MS);
  startTimer(draft, STATUS_TIMER, STATUS_PERIOD_MS);
  startCollectors(draft);
  startEviction(draft);
}

/** Containers are not the kubelet's children: they run on, and nobody looks after them. */
function stop(draft: Draft): void {
  const { object } = nodeOwner(draft.state, '');
  const say: Say = { stage: 'sync', why: 'kubelet.stopped', where: WHERE.run };
  note(draft, 'syncLoop', object, 'KubeletStopped', 'stopped', say);
  update(draft, { exited: 'stopped' });
}

/** Unasked words of the runtime. The generic PLEG takes deaths from its relist, not from here. */
function noticed(draft: Draft, notice: RuntimeNotice): void {
  switch (notice.type) {
    case 'ContainerEvent':
      containerEventCame(draft, notice.event);
      return;
    case 'ContainerEventsBroken':
      streamBroken(draft, notice.error.message);
      return;
    case 'SystemOom':
      systemOomSeen(draft, notice);
      return;
    case 'RuntimeDied':
      runtimeDied(draft, notice.message);
      return;
    case 'ContainerSignalled':
      signalled(draft, notice);
      return;
    case 'ContainerExited':
      return;
  }
}

function signalled(draft: Draft, notice: Extract<RuntimeNotice, { type: 'ContainerSignalled' }>): void {
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
