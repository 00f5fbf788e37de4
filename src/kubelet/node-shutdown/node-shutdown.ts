/**
 * Graceful node shutdown: logind says that the machine goes down, and the kubelet ends its pods group by group
 * before it lets it. Follows pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go.
 */
import type { Pod } from '../../api/types.ts';
import { formatDuration } from '../../lib/time.ts';
import type { EffectBody } from '../../machines/effects.ts';
import { type Draft, emit, nodeOwner, note, refOf, type Say, stateOf, update } from '../draft.ts';
import * as texts from '../events/node-texts.ts';
import { recordNodeEvent } from '../events/recorder.ts';
import { kObj, logError, logInfo } from '../log/log.ts';
import { startTimer } from '../loop-timer.ts';
import { activePods } from '../pod-worker/active-pods.ts';
import { killPodNow } from '../pod-worker/kill-pod-now.ts';
import type { KubeletState } from '../state.ts';
import { checkpointText, SHUTDOWN_STATE_PATH } from './checkpoint.ts';
import { inhibitDelay, LOGIND_DEFAULT_DELAY_MS, LOGIND_OVERRIDE_PATH, logindOverride } from './inhibit.ts';
import { groupByPriority, periodRequestedMs, shutdownGraceSeconds, shutdownPeriods } from './periods.ts';
import { SHUTDOWN_WHERE } from './where.ts';

/** One group while the node goes down. */
interface Group {
  readonly priority: number;
  readonly shutdownGracePeriodSeconds: number;
  /** By UID. */
  readonly pods: readonly string[];
}

/** The shutdown manager's slice, from the first shutdown on. */
export interface NodeShutdown {
  /** No pod comes in, and the node is not ready. */
  readonly shuttingDown: boolean;
  readonly startedMs: number;
  /** Those that have not had their time, lowest priority first; the first is being ended. */
  readonly groups: readonly Group[];
  /** Those of the first group that still run, by UID. */
  readonly killing: readonly string[];
  /** A cancellation came while pods were being ended: it is heard afterwards. */
  readonly cancelled: boolean;
}

/** Why the node is not ready; undefined when no shutdown is under way (ShutdownStatus). */
export function shutdownStatus({ shutdown }: Pick<KubeletState, 'shutdown'>): string | undefined {
  return shutdown?.shuttingDown ? 'node is shutting down' : undefined;
}

export const SHUTDOWN_TIMER = 'nodeShutdown/group';
const KEY = 'nodeShutdown';
const LINUX = 'nodeshutdown_manager_linux.go';
const MANAGER = 'nodeshutdown_manager.go';

/** What the status of a pod says that ended for this (nodeShutdownReason, nodeShutdownMessage). */
export const SHUTDOWN_ENDING = {
  reason: 'Terminated',
  message: 'Pod was terminated in response to imminent node shutdown.',
  disruption: 'Pod was terminated in response to imminent node shutdown.',
  keepsSuccess: true,
} as const;

function tell(draft: Draft, event: string, say: Say): void {
  const at = draft.state.shutdown?.shuttingDown ? 'shuttingDown' : 'watching';
  note(draft, KEY, nodeOwner(draft.state, KEY).object, event, at, say);
}

function writeFile(draft: Draft, path: string, text: string): void {
  const body: EffectBody = { type: 'writeNodeFile', path, text };
  emit(draft, nodeOwner(draft.state, KEY), body);
}

/** When the kubelet starts: raises what logind allows, and takes the lock. Nothing when no period is set. */
export function startShutdownManager(draft: Draft): void {
  const { config } = draft.state;
  const periods = shutdownPeriods(config);
  logInfo(draft, 0, LINUX, 'Creating node shutdown manager', {
    shutdownGracePeriodRequested: formatDuration(config.shutdownGracePeriodMs),
    shutdownGracePeriodCriticalPods: formatDuration(config.shutdownGracePeriodCriticalPodsMs),
    shutdownGracePeriodByPodPriority:
      periods.length === 0
        ? null
        : periods.map(({ priority, shutdownGracePeriodSeconds }) => ({
            Priority: priority,
            ShutdownGracePeriodSeconds: shutdownGracePeriodSeconds,
          })),
  });
  if (periods.length === 0) return;
  const requestedMs = periodRequestedMs(periods);
  const { overridden, error } = inhibitDelay({
    requestedMs,
    allowedMs: LOGIND_DEFAULT_DELAY_MS,
    // The logind of this node takes whatever it is told.
    allowedAfterOverrideMs: requestedMs,
  });
  if (overridden) writeFile(draft, LOGIND_OVERRIDE_PATH, logindOverride(requestedMs));
  if (error !== undefined) {
    logError(draft, 'kubelet.go', error, 'Failed to start node shutdown manager');
    return;
  }
  const values = { seconds: requestedMs / 1_000 };
  tell(draft, 'InhibitShutdown', {
    stage: 'sync',
    why: 'shutdown.watching',
    values,
    where: SHUTDOWN_WHERE.start,
  });
}

/** The machine is about to go down. True when the node is not ready from now on. */
export function shutdownRequested(draft: Draft): boolean {
  const periods = shutdownPeriods(draft.state.config);
  const where = SHUTDOWN_WHERE.process;
  if (periods.length === 0) {
    tell(draft, 'NodeShutdownRequested', { stage: 'kill', why: 'shutdown.immediate', where });
    return false;
  }
  if (draft.state.shutdown?.shuttingDown) return false;
  logEvent(draft, 'shutdown');
  recordNodeEvent(draft, texts.shutdownDetected());
  const groups = groupByPriority(periods, activePods(draft.state))
    .filter((group) => group.pods.length > 0)
    .map((group) => ({ ...group, pods: group.pods.map(({ metadata }) => metadata.uid) }));
  const startedMs = draft.state.nowMs;
  update(draft, { shutdown: { shuttingDown: true, startedMs, groups, killing: [], cancelled: false } });
  tell(draft, 'NodeShutdownRequested', { stage: 'kill', why: 'shutdown.begins', where });
  logInfo(draft, 1, LINUX, 'Shutdown manager processing shutdown event');
  writeFile(draft, SHUTDOWN_STATE_PATH, checkpointText(startedMs));
  beginGroup(draft);
  return true;
}

/** The machine stays up after all. */
export function shutdownCancelled(draft: Draft): void {
  const { shutdown } = draft.state;
  if (!shutdown?.shuttingDown) return;
  const where = SHUTDOWN_WHERE.start;
  if (shutdown.groups.length > 0) {
    update(draft, { shutdown: { ...shutdown, cancelled: true } });
    tell(draft, 'NodeShutdownCancelled', { stage: 'kill', why: 'shutdown.cancelLater', where });
    return;
  }
  logEvent(draft, 'cancelled');
  recordNodeEvent(draft, texts.shutdownCancelled());
  update(draft, { shutdown: { ...shutdown, shuttingDown: false, cancelled: false } });
  tell(draft, 'NodeShutdownCancelled', { stage: 'kill', why: 'shutdown.cancelled', where });
}

function logEvent(draft: Draft, event: 'shutdown' | 'cancelled'): void {
  logInfo(draft, 1, LINUX, 'Shutdown manager detected new shutdown event', { event });
}

function podOf({ state }: Draft, uid: string): Pod | undefined {
  return state.workers[uid]?.pod;
}

/** The pods of the group end at the same time; without a group left, the machine may go. */
function beginGroup(draft: Draft): void {
  const { shutdown } = draft.state;
  const [group] = shutdown?.groups ?? [];
  if (shutdown === undefined) return;
  if (group === undefined) {
    complete(draft, shutdown);
    return;
  }
  const { priority, shutdownGracePeriodSeconds: seconds } = group;
  const pods = group.pods.flatMap((uid) => podOf(draft, uid) ?? []);
  update(draft, { shutdown: { ...shutdown, killing: group.pods } });
  const values = { priority, seconds, pods: pods.map(({ metadata }) => metadata.name).join(', ') };
  const where = SHUTDOWN_WHERE.killPods;
  tell(draft, 'KillPods', { stage: 'kill', why: 'shutdown.group', values, where });
  startTimer(draft, SHUTDOWN_TIMER, seconds * 1_000);
  for (const pod of pods) {
    const gracePeriod = shutdownGraceSeconds(pod, group);
    const keys = { pod: kObj(pod), gracePeriod };
    logInfo(draft, 1, MANAGER, 'Shutdown manager killing pod with gracePeriod', keys);
    const say: Say = { stage: 'kill', why: 'shutdown.pod', values: { seconds: gracePeriod }, where };
    killPodNow(draft, pod, SHUTDOWN_ENDING, say, { graceOverrideSeconds: gracePeriod });
  }
}

/** After every event: the group may be done before its time. */
export function shutdownGoesOn(draft: Draft): void {
  const { shutdown } = draft.state;
  const [group] = shutdown?.groups ?? [];
  if (shutdown === undefined || group === undefined) return;
  const stateIn = (uid: string) => {
    const pod = podOf(draft, uid);
    return pod === undefined ? 'terminated.finished' : stateOf(draft, refOf('podWorker', pod));
  };
  const killing = shutdown.killing.filter((uid) => !stateIn(uid).startsWith('terminated'));
  for (const uid of shutdown.killing) {
    const pod = podOf(draft, uid);
    if (pod === undefined || killing.includes(uid)) continue;
    logInfo(draft, 1, MANAGER, 'Shutdown manager finished killing pod', { pod: kObj(pod) });
  }
  if (killing.length < shutdown.killing.length) update(draft, { shutdown: { ...shutdown, killing } });
  if (!group.pods.every((uid) => stateIn(uid) === 'terminated.finished')) return;
  emit(draft, nodeOwner(draft.state, KEY), { type: 'cancelTimer', timerId: SHUTDOWN_TIMER });
  endGroup(draft, 'shutdown.groupDone', 'Done waiting for all pods in group to terminate');
}

/** The time of the group is over. */
export function shutdownGroupTimedOut(draft: Draft): void {
  endGroup(draft, 'shutdown.groupTimedOut', 'Shutdown manager pod killing time out');
}

function endGroup(draft: Draft, why: 'shutdown.groupDone' | 'shutdown.groupTimedOut', message: string): void {
  const { shutdown } = draft.state;
  const [group, ...groups] = shutdown?.groups ?? [];
  if (shutdown === undefined || group === undefined) return;
  const { priority, shutdownGracePeriodSeconds: gracePeriod } = group;
  logInfo(draft, 1, MANAGER, message, { gracePeriod, priority });
  tell(draft, 'GroupOver', { stage: 'kill', why, where: SHUTDOWN_WHERE.killPods });
  update(draft, { shutdown: { ...shutdown, groups } });
  beginGroup(draft);
}

function complete(draft: Draft, shutdown: NodeShutdown): void {
  writeFile(draft, SHUTDOWN_STATE_PATH, checkpointText(shutdown.startedMs, draft.state.nowMs));
  tell(draft, 'ReleaseInhibitLock', {
    stage: 'kill',
    why: 'shutdown.completed',
    where: SHUTDOWN_WHERE.process,
  });
  const message = 'Shutdown manager completed processing shutdown event, node will shutdown shortly';
  logInfo(draft, 1, LINUX, message);
  if (shutdown.cancelled) shutdownCancelled(draft);
}
