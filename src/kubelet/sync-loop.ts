/**
 * The sync loop: every event that enters the kubelet, by its source, and the parts that handle it. It alone
 * composes the managers; they never call each other. Follows pkg/kubelet/kubelet.go syncLoopIteration.
 */
import { unreachable } from '../lib/assert.ts';
import { seedRandom } from '../lib/random.ts';
import type { KubeletEvent, RuntimeNotice } from '../machines/events.ts';
import { startCollectors } from './collectors.ts';
import { beginCpuManager, heldByStart, holdWhileStarting } from './cpu-manager/cpu-manager.ts';
import { type Draft, moveIf, note, refOf, type Say, snapshotOf, update } from './draft.ts';
import { evictionDue } from './eviction/eviction-manager.ts';
import { HOUSEKEEPING_PERIOD_MS, HOUSEKEEPING_TIMER } from './housekeeping.ts';
import { logEvent, logLoopStarts } from './log/loop-log.ts';
import { startTimer } from './loop-timer.ts';
import {
  shutdownCancelled,
  shutdownGoesOn,
  shutdownRequested,
  startShutdownManager,
} from './node-shutdown/node-shutdown.ts';
import { objectGone, objectSeen } from './objects/object-cache.ts';
import { systemOomSeen } from './oom-watcher.ts';
import { handleOutcome } from './outcomes.ts';
import { beginRelist, nodeOwner } from './pleg/pleg.ts';
import { podAdded, podRemoved, podUpdated } from './pod-handlers.ts';
import { allContainers } from './pod-spec.ts';
import { holdWhilePreempting, preemptionGoesOn } from './preemption/preempt.ts';
import { handleTimer, STATUS_PERIOD_MS, STATUS_TIMER, SYNC_PERIOD_MS, SYNC_TIMER } from './timers.ts';
import { WHERE } from './where.ts';

export function handleEvent(draft: Draft, event: KubeletEvent): void {
  // Nobody is there any more who could hear it.
  if (draft.state.exited !== undefined) return;
  dispatch(draft, event);
  for (const held of heldByStart(draft)) handleEvent(draft, held);
  shutdownGoesOn(draft);
  const over = preemptionGoesOn(draft);
  if (over === undefined) return;
  const pod = draft.state.pods[over.podUid];
  if (pod !== undefined) podAdded(draft, pod, true);
  for (const held of over.held) handleEvent(draft, held);
}

function dispatch(draft: Draft, event: KubeletEvent): void {
  if ('source' in event && isHeld(draft, event)) return;
  logEvent(draft, event);
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
    case 'NodeShutdownRequested':
      shutdownRequested(draft);
      return;
    case 'NodeShutdownCancelled':
      shutdownCancelled(draft);
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

/** The loop takes no pod in while the CPU manager starts, or a critical pod waits for room. */
function isHeld(draft: Draft, event: Parameters<typeof holdWhilePreempting>[1]): boolean {
  return holdWhileStarting(draft, event) || holdWhilePreempting(draft, event);
}

function start(draft: Draft, event: Extract<KubeletEvent, { type: 'KubeletStarted' }>): void {
  const { nodeName, hostIP, seed, atMs } = event;
  update(draft, {
    node: { ...draft.state.node, nodeName, hostIP },
    random: seedRandom(seed),
    startedMs: atMs,
  });
  for (const object of event.objects ?? []) objectSeen(draft, object);
  const { object } = nodeOwner(draft.state, '');
  note(draft, 'syncLoop', object, event.type, 'running', {
    stage: 'sync',
    why: 'sync.started',
    where: WHERE.run,
  });
  beginCpuManager(draft);
  startShutdownManager(draft);
  logLoopStarts(draft);
  beginRelist(draft);
  startTimer(draft, SYNC_TIMER, SYNC_PERIOD_MS);
  startTimer(draft, HOUSEKEEPING_TIMER, HOUSEKEEPING_PERIOD_MS);
  startTimer(draft, STATUS_TIMER, STATUS_PERIOD_MS);
  startCollectors(draft);
  evictionDue(draft);
}

/** Unasked words of the runtime. The generic PLEG takes deaths from its relist, not from here. */
function noticed(draft: Draft, notice: RuntimeNotice): void {
  if (notice.type === 'SystemOom') systemOomSeen(draft, notice);
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
