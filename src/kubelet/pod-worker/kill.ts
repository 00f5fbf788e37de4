/**
 * Killing containers: the preStop hook first, within the grace period; then, for a sidecar whose pod ends,
 * its turn; then the runtime stops it with what is left of the grace period.
 * Follows kuberuntime_container.go killContainer and kuberuntime_termination_order.go.
 */
import type { Container, Pod } from '../../api/types.ts';
import { type Draft, moveIf, refOf, snapshotOf, stateOf } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import { failedKillPod, killing } from '../events/texts.ts';
import { kObj, logError, logInfo, podKeys } from '../log/log.ts';
import type { ContainerToKill, KillReason } from '../pod-actions/types.ts';
import { findContainer } from '../pod-spec.ts';
import { activeSandbox } from '../runtime-pod.ts';
import { without } from '../state.ts';
import { containerGracePeriodSeconds, planKill, stopTimeoutSeconds } from '../termination/grace.ts';
import { preStopFailed } from '../termination/hooks.ts';
import { hasStopOrder, stopPrerequisites } from '../termination/order.ts';
import { WHERE } from '../where.ts';
import { toHook } from './hook.ts';
import { addError, dropTasks, setWorker, waitFor, waitOf, workerOf } from './worker-slice.ts';
import type { Kill } from './worker-state.ts';

export interface KillTarget {
  readonly containerId: string;
  readonly name: string;
  /** The text of the Killing event; empty: the usual one. */
  readonly message: string;
  readonly reason: KillReason;
}

export function toKillTarget({ id, name, message, reason }: ContainerToKill): KillTarget {
  return { containerId: id, name, message, reason };
}

/** Every running container of the pod, as PLEG and the machines know it. */
export function killTargetsOf(draft: Draft, pod: Pod): readonly KillTarget[] {
  const { uid } = pod.metadata;
  const cached = draft.state.pleg.cache[uid]?.containers ?? [];
  const target = (containerId: string, name: string): KillTarget => ({
    containerId,
    name,
    message: '',
    reason: 'Unknown',
  });
  const targets = new Map<string, KillTarget>();
  for (const { state, id, metadata } of cached) {
    if (state === 'CONTAINER_RUNNING') targets.set(metadata.name, target(id, metadata.name));
  }
  // What was started since the last relist is not in the cache yet.
  const prefix = `container/${uid}/`;
  for (const [key, { state, context }] of Object.entries(draft.state.machines[uid] ?? {})) {
    if (!key.startsWith(prefix) || !/^(created|starting|running|terminating)/.test(state)) continue;
    const name = key.slice(prefix.length);
    const { containerId } = context as { containerId: string };
    if (containerId !== '') targets.set(name, target(containerId, name));
  }
  return [...targets.values()];
}

/**
 * Kills these containers at the same time and waits until all have ended.
 * @param podGraceSeconds given when the whole pod ends: it wins, and sidecars wait for their turn.
 */
export function killContainers(
  draft: Draft,
  pod: Pod,
  targets: readonly KillTarget[],
  podGraceSeconds?: number,
): void {
  const { uid } = pod.metadata;
  const ordered = podGraceSeconds !== undefined && hasStopOrder(pod);
  const prerequisites = ordered ? stopPrerequisites(pod, new Set(targets.map(({ name }) => name))) : {};
  const names: string[] = [];
  for (const target of targets) {
    if (!isAlive(draft, pod, target.name)) continue;
    begin(draft, pod, target, podGraceSeconds, prerequisites[target.name] ?? []);
    names.push(target.name);
  }
  if (names.length > 0) waitFor(draft, uid, { for: 'kills', names });
}

function isAlive(draft: Draft, pod: Pod, name: string): boolean {
  return /^(created|starting|running|terminating)/.test(stateOf(draft, refOf('container', pod, { name })));
}

function begin(
  draft: Draft,
  pod: Pod,
  target: KillTarget,
  podGraceSeconds: number | undefined,
  after: readonly string[],
): void {
  const { uid } = pod.metadata;
  const { name, containerId, reason, message } = target;
  if (workerOf(draft, uid).kills[name] !== undefined) {
    if (podGraceSeconds !== undefined) shortenKill(draft, pod, name, podGraceSeconds);
    return;
  }
  const container = findContainer(pod, name);
  const graceSeconds =
    podGraceSeconds ?? (container === undefined ? 1 : containerGracePeriodSeconds(pod, container, reason));
  const kill: Kill = { containerId, name, reason, graceSeconds, begunMs: draft.state.nowMs, after };
  setKill(draft, uid, kill);
  if (message !== '') {
    logInfo(draft, 2, 'kuberuntime_manager.go', 'Message for Container of pod', {
      containerName: name,
      containerStatusID: { Type: draft.state.node.runtimeName, ID: containerId },
      pod: kObj(pod),
      containerMessage: message,
    });
  }
  recordEvent(draft, pod, killing(name, message), name);
  if (container === undefined || !runPreStop(draft, pod, container, kill)) takeTurn(draft, pod, name);
}

function setKill(draft: Draft, podUid: string, kill: Kill): void {
  setWorker(draft, podUid, { kills: { ...workerOf(draft, podUid).kills, [kill.name]: kill } });
}

/** True when there is a hook and it runs now. */
function runPreStop(draft: Draft, pod: Pod, container: Container, kill: Kill): boolean {
  const hook = container.lifecycle?.preStop;
  const plan = planKill(container, kill.graceSeconds);
  if (hook === undefined || !plan.runPreStop) return false;
  const podIP = activeSandbox(workerOf(draft, pod.metadata.uid).runtimePod)?.ip ?? '';
  const limitSeconds = plan.preStopLimitSeconds;
  const made = toHook(pod, container, hook, {
    containerId: kill.containerId,
    podIP,
    timeoutSeconds: limitSeconds,
  });
  if (typeof made === 'string') {
    recordEvent(draft, pod, preStopFailed(), container.name);
    return false;
  }
  const seconds = made.kind === 'sleep' ? Math.min(made.seconds, limitSeconds) : limitSeconds;
  const values = { container: container.name, hook: made.kind, seconds: kill.graceSeconds };
  const say = { stage: 'hook', why: 'container.preStop', values, where: WHERE.preStop } as const;
  const event = { type: 'RunPreStop', hook: made, hookMs: seconds * 1_000 } as const;
  const ids = moveIf(draft, refOf('container', pod, container), event, say);
  if (ids?.[0] !== undefined) setKill(draft, pod.metadata.uid, { ...kill, hookEffect: ids[0] });
  return ids !== undefined;
}

/** The preStop hook is over, well or not; a failure is told and otherwise ignored. */
export function preStopReturned(draft: Draft, pod: Pod, name: string, failure: string | undefined): void {
  const say = {
    stage: 'hook',
    why: failure === undefined ? 'container.preStopDone' : 'container.preStopFailed',
    values: { container: name, message: failure ?? '' },
    where: WHERE.preStop,
  } as const;
  if (moveIf(draft, refOf('container', pod, { name }), { type: 'PreStopDone' }, say) === undefined) return;
  if (failure !== undefined) {
    logError(draft, 'kuberuntime_container.go', failure, 'PreStop hook failed', {
      ...podKeys(pod),
      containerName: name,
    });
    recordEvent(draft, pod, preStopFailed(), name);
  }
  takeTurn(draft, pod, name);
}

/** The hook is over: stop the container now, or once those before it have ended. */
export function takeTurn(draft: Draft, pod: Pod, name: string): void {
  const { uid } = pod.metadata;
  const kill = workerOf(draft, uid).kills[name];
  if (kill === undefined) return;
  const { nowMs } = draft.state;
  const hookMs = kill.hookMs ?? nowMs - kill.begunMs;
  const leftMs = kill.graceSeconds * 1_000 - (nowMs - kill.begunMs);
  const before = kill.after.filter((other) => isAlive(draft, pod, other));
  if (before.length > 0 && leftMs > 0) {
    setKill(draft, uid, { ...kill, hookMs, waitedFromMs: kill.waitedFromMs ?? nowMs });
    const values = { container: name, others: before.join(', ') };
    const say = { stage: 'kill', why: 'container.awaitsTurn', values, where: WHERE.waitForTurn } as const;
    const event = { type: 'AwaitTurn', turnMs: leftMs } as const;
    // A container that was created and never started has no turn: nothing relies on it.
    if (moveIf(draft, refOf('container', pod, { name }), event, say) !== undefined) return;
  }
  const waitedMs = kill.waitedFromMs === undefined ? 0 : nowMs - kill.waitedFromMs;
  const timeoutSeconds = stopTimeoutSeconds({
    graceSeconds: kill.graceSeconds,
    preStopMs: hookMs,
    orderingWaitMs: waitedMs,
  });
  stop(draft, pod, { ...kill, hookMs }, timeoutSeconds);
}

function stop(draft: Draft, pod: Pod, kill: Kill, timeoutSeconds: number): void {
  const { name, containerId } = kill;
  setKill(draft, pod.metadata.uid, kill);
  logInfo(draft, 2, 'kuberuntime_container.go', 'Killing container with a grace period', {
    ...podKeys(pod),
    containerName: name,
    containerID: `${draft.state.node.runtimeName}://${containerId}`,
    gracePeriod: timeoutSeconds,
  });
  const values = { container: name, seconds: timeoutSeconds };
  const say = { stage: 'kill', why: 'container.stop', values, where: WHERE.killContainer } as const;
  moveIf(
    draft,
    refOf('container', pod, { name }),
    { type: 'StopContainer', containerId, timeoutSeconds },
    say,
  );
}

/** The pod's grace period went down: what is being killed gets less time (pod_workers.go UpdatePod). */
export function shortenKills(draft: Draft, pod: Pod, graceSeconds: number): void {
  for (const name of Object.keys(workerOf(draft, pod.metadata.uid).kills)) {
    shortenKill(draft, pod, name, graceSeconds);
  }
}

function shortenKill(draft: Draft, pod: Pod, name: string, graceSeconds: number): void {
  const { uid } = pod.metadata;
  const kill = workerOf(draft, uid).kills[name];
  if (kill === undefined || graceSeconds >= kill.graceSeconds) return;
  const { nowMs } = draft.state;
  setKill(draft, uid, { ...kill, graceSeconds, begunMs: nowMs });
  const ref = refOf('container', pod, { name });
  const passedMs = nowMs - kill.begunMs;
  // The termination begins anew: the whole of the new period is given once more, from now on.
  const leftMs = graceSeconds * 1_000;
  const { containerId } = kill;
  const timeoutSeconds = stopTimeoutSeconds({ graceSeconds, preStopMs: 0, orderingWaitMs: 0 });
  const hookMs = Math.min(leftMs, Math.max(0, snapshotOf(draft, ref).context.hookMs - passedMs));
  const say = {
    stage: 'kill',
    why: 'container.sooner',
    values: { container: name, seconds: leftMs / 1_000 },
    where: WHERE.updatePod,
  } as const;
  switch (stateOf(draft, ref)) {
    case 'terminating.preStop':
      moveIf(draft, ref, { type: 'PreStopShortened', hookMs }, say);
      return;
    case 'terminating.awaitingTurn':
      moveIf(draft, ref, { type: 'AwaitTurn', turnMs: leftMs }, say);
      return;
    default:
      moveIf(draft, ref, { type: 'StopSooner', containerId, timeoutSeconds }, say);
  }
}

/** Stopping failed: the kill is over without success, and the sync will tell. */
export function stopFailed(draft: Draft, pod: Pod, name: string, message: string): void {
  const { uid } = pod.metadata;
  const say = {
    stage: 'kill',
    why: 'container.stopFailed',
    values: { container: name, message },
    where: WHERE.killContainer,
  } as const;
  moveIf(draft, refOf('container', pod, { name }), { type: 'StopContainerFailed' }, say);
  recordEvent(draft, pod, failedKillPod(message));
  if (draft.state.workers[uid]?.sync !== undefined) {
    const failed = { action: 'KillContainer', target: name } as const;
    addError(draft, uid, { kind: 'generic', reason: 'KillContainerError', message, ...failed });
    dropTasks(draft, uid);
  }
  setWorker(draft, uid, { kills: without(workerOf(draft, uid).kills, name) });
}

/** A container that was killed for its postStart hook waits with that reason for its next start. */
function hookKillEnded(draft: Draft, pod: Pod, name: string): void {
  const reason = 'PostStartHookError';
  const message = draft.state.startErrors[pod.metadata.uid]?.[name]?.message ?? '';
  const values = { container: name, reason, message };
  const say = { stage: 'hook', why: 'container.startFailed', values, where: WHERE.startContainer } as const;
  moveIf(draft, refOf('container', pod, { name }), { type: 'StartFailed', reason }, say);
}

/** A container has ended: whoever waited for its turn takes it. True when no kill is waited for any more. */
export function killsGoOn(draft: Draft, pod: Pod): boolean {
  const { uid } = pod.metadata;
  for (const kill of Object.values(workerOf(draft, uid).kills)) {
    if (isAlive(draft, pod, kill.name)) continue;
    setWorker(draft, uid, { kills: without(workerOf(draft, uid).kills, kill.name) });
    if (kill.reason === 'FailedPostStartHook') hookKillEnded(draft, pod, kill.name);
  }
  for (const { name } of Object.values(workerOf(draft, uid).kills)) {
    const state = stateOf(draft, refOf('container', pod, { name }));
    if (state === 'terminating.awaitingTurn') {
      const { after } = workerOf(draft, uid).kills[name] ?? { after: [] };
      if (!after.some((other) => isAlive(draft, pod, other))) takeTurn(draft, pod, name);
    }
  }
  const wait = waitOf(draft, uid);
  const { kills } = workerOf(draft, uid);
  return wait?.for === 'kills' && wait.names.every((name) => kills[name] === undefined);
}
