/** The collector's removals: decisions of the tables beside it become machine events and effects. */

import type { ContainerStatus } from '../../api/cri.ts';
import type { ObjectReference } from '../../api/types.ts';
import type { EffectId } from '../../machines/effects.ts';
import type { NodeEntry } from '../../machines/events.ts';
import {
  type Draft,
  emit,
  forgetMachine,
  type MachineRef,
  move,
  nodeOwner,
  note,
  type Say,
} from '../draft.ts';
import { logInfo } from '../log/log.ts';
import { removeContainerLog } from '../logs/container-logs.ts';
import { CONTAINER_LOG_ROOT } from '../paths.ts';
import type { RuntimePod } from '../runtime-pod.ts';
import { deadContainersToDelete, MIN_DEAD_CONTAINERS } from './dead-containers.ts';
import { type ContainerGcPolicy, containersToEvict } from './evict-containers.ts';
import { sandboxesToEvict } from './evict-sandboxes.ts';
import { logDirectoriesToEvict } from './log-directories.ts';
import { allSourcesReady, podStatesOf } from './pod-states.ts';
import { GC_WHERE } from './where.ts';

/** cmd/kubelet/app/options/options.go: deprecated flags, which the configuration file does not have. */
export const CONTAINER_GC_POLICY: ContainerGcPolicy = {
  minAgeMs: 0,
  maxPerPodContainer: 1,
  maxContainers: -1,
};

/** A pod whose sync is under way may be about to use what it saw: it is left alone this time. */
const atRest = (draft: Draft, pods: readonly RuntimePod[]) =>
  pods.filter(({ podUid }) => draft.state.workers[podUid]?.sync === undefined);

/** evictContainers. Returns the removals whose outcomes will come. */
export function evictContainers(
  draft: Draft,
  pods: readonly RuntimePod[],
  evictTerminatedPods: boolean,
): readonly EffectId[] {
  const containers = atRest(draft, pods).flatMap((pod) =>
    pod.containers.map((status) => {
      const { id, metadata, createdAtMs, state } = status;
      return {
        id,
        podUid: pod.podUid,
        ...metadata,
        createdAtMs,
        running: state === 'CONTAINER_RUNNING',
        unknown: state === 'CONTAINER_UNKNOWN',
        pod,
        status,
      };
    }),
  );
  const podStates = podStatesOf(draft.state);
  const evicted = containersToEvict(containers, podStates, {
    policy: CONTAINER_GC_POLICY,
    allSourcesReady: allSourcesReady(draft.state),
    evictTerminatedPods,
    nowMs: draft.state.nowMs,
  });
  const infoOf = new Map(containers.map((info) => [info.id, info]));
  return evicted.flatMap(({ id, podUid, name }) => {
    const why = podStates.isDeleted(podUid) ? 'gc.containerOfDeleted' : 'gc.container';
    const say: Say = { stage: 'gc', why, values: { container: name }, where: GC_WHERE.evictContainers };
    const { pod, status } = infoOf.get(id) ?? {};
    const ref = refIn(draft, 'container', pod, podUid, name);
    if (status !== undefined) removeContainerLog(draft, ref, status);
    // One in an unknown state may run: the runtime stops it before it goes.
    return moveOnce(draft, ref, { type: 'RemoveContainer', containerId: id }, say);
  });
}

/**
 * Containers, or sandboxes, of a pod have died: the older records of these containers go at once, and all of
 * them when the pod is gone (kubelet.go cleanUpContainersInPod).
 */
export function deleteDeadContainers(draft: Draft, podUid: string, diedIds: readonly string[]): void {
  const pod = draft.state.pleg.cache[podUid];
  if (pod === undefined) return;
  const isDeleted = podStatesOf(draft.state).isDeleted(podUid);
  const keep = Math.max(CONTAINER_GC_POLICY.maxPerPodContainer, MIN_DEAD_CONTAINERS);
  const dead = isDeleted
    ? deadContainersToDelete(pod.containers, 0)
    : diedIds.flatMap((id) => deadContainersToDelete(pod.containers, keep, id) ?? logNotFound(draft, id));
  for (const status of dead ?? []) {
    const { name } = status.metadata;
    const ref = refIn(draft, 'container', pod, podUid, name);
    const why = isDeleted ? 'gc.containerOfDeleted' : 'gc.container';
    const say: Say = { stage: 'gc', why, values: { container: name }, where: GC_WHERE.deleteDead };
    removeContainerLog(draft, ref, status);
    moveOnce(draft, ref, { type: 'RemoveContainer', containerId: status.id }, say);
  }
}

/** A sandbox is no container of its pod. */
function logNotFound(draft: Draft, containerID: string): readonly ContainerStatus[] {
  logInfo(draft, 0, 'pod_container_deletor.go', "Container not found in pod's containers", { containerID });
  return [];
}

/** evictSandboxes, on what the runtime says after the containers have gone. */
export function evictSandboxes(
  draft: Draft,
  pods: readonly RuntimePod[],
  evictTerminatedPods: boolean,
): readonly EffectId[] {
  const sandboxes = atRest(draft, pods).flatMap((pod) =>
    pod.sandboxes.map(({ id, metadata, createdAtMs, state }) => ({
      id,
      podUid: pod.podUid,
      attempt: metadata.attempt,
      createdAtMs,
      active: state === 'SANDBOX_READY' || pod.containers.some(({ podSandboxId }) => podSandboxId === id),
      pod,
    })),
  );
  const podOf = new Map(sandboxes.map(({ id, pod }) => [id, pod]));
  return sandboxesToEvict(sandboxes, podStatesOf(draft.state), evictTerminatedPods).flatMap(
    ({ id, podUid, attempt }) => {
      const say: Say = {
        stage: 'gc',
        why: 'gc.sandbox',
        values: { attempt },
        where: GC_WHERE.evictSandboxes,
      };
      const ref = refIn(draft, 'sandbox', podOf.get(id), podUid);
      return moveOnce(draft, ref, { type: 'RemovePodSandbox', sandboxId: id }, say);
    },
  );
}

/** evictPodLogsDirectories, the directories. */
export function evictLogs(draft: Draft, entries: readonly NodeEntry[]): readonly EffectId[] {
  const names = entries.filter(({ kind }) => kind === 'directory').map(({ name }) => name);
  const { isDeleted } = podStatesOf(draft.state);
  return logDirectoriesToEvict(names, isDeleted, allSourcesReady(draft.state)).map((name) => {
    const path = `${draft.state.config.podLogsDir}/${name}`;
    const say: Say = { stage: 'gc', why: 'gc.logs', values: { path }, where: GC_WHERE.evictPodLogs };
    const owner = nodeOwner(draft.state, `logs/${name}`);
    note(draft, 'containerGC', owner.object, 'EvictPodLogs', 'collecting', say, ['removeNodeDirectory']);
    return emit(draft, owner, { type: 'removeNodeDirectory', path });
  });
}

/** evictPodLogsDirectories, the links: those whose log is not there, unless the container may still write it. */
export function evictLogLinks(draft: Draft, entries: readonly NodeEntry[]): readonly EffectId[] {
  const records = Object.values(draft.state.pleg.cache).flatMap(({ containers }) => containers);
  const alive = records.filter(({ state }) => state !== 'CONTAINER_EXITED');
  const dead = entries.filter(
    ({ name, dangling }) => dangling && !alive.some(({ id }) => name.endsWith(`-${id}.log`)),
  );
  return dead.map(({ name }) => {
    const path = `${CONTAINER_LOG_ROOT}/${name}`;
    const say: Say = { stage: 'gc', why: 'gc.logLink', values: { path }, where: GC_WHERE.evictPodLogs };
    const owner = nodeOwner(draft.state, `logLinks/${name}`);
    note(draft, 'containerGC', owner.object, 'EvictLogLink', 'collecting', say, ['removeNodeFile']);
    return emit(draft, owner, { type: 'removeNodeFile', path });
  });
}

/** A container's machine or a sandbox's, also where the kubelet has forgotten the pod, or never heard of it. */
function refIn<Name extends 'container' | 'sandbox'>(
  draft: Draft,
  machine: Name,
  pod: RuntimePod | undefined,
  podUid: string,
  name?: string,
): MachineRef<Name> {
  const { metadata } = draft.state.workers[podUid]?.pod ?? pod?.sandboxes[0] ?? {};
  const object: ObjectReference = {
    kind: 'Pod',
    ...(metadata === undefined ? {} : { namespace: metadata.namespace }),
    name: metadata?.name ?? podUid,
    uid: podUid,
    ...(name === undefined ? {} : { container: name }),
  };
  return { machine, podUid, key: [machine, podUid, ...(name === undefined ? [] : [name])].join('/'), object };
}

/** Moves a machine; one of a pod without a worker is forgotten again at once. */
function moveOnce<Name extends 'container' | 'sandbox'>(
  draft: Draft,
  ref: MachineRef<Name>,
  event: Parameters<typeof move<Name>>[2],
  say: Say,
): readonly EffectId[] {
  const ids = move(draft, ref, event, say);
  if (draft.state.workers[ref.podUid] === undefined) forgetMachine(draft, ref);
  return ids;
}
