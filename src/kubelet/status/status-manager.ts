/**
 * The status manager: keeps each pod's newest status, sends it when it says something new, one patch at a
 * time for each pod, and deletes the object once nothing of a deleted pod is left.
 * Follows pkg/kubelet/status/status_manager.go.
 */
import { isEnabled } from '../../api/kubelet-configuration/gates.ts';
import type { Pod, PodPhase, PodStatus } from '../../api/types.ts';
import { withEntry } from '../../lib/with-entry.ts';
import type { EffectId } from '../../machines/effects.ts';
import type { EffectError } from '../../machines/events.ts';
import type { EventOf } from '../../machines/run-machine.ts';
import { DEADLINE_EXCEEDED } from '../active-deadline.ts';
import { type Draft, emit, moveIf, note, referenceOf, refOf, type Say, stateOf, update } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import { deadlineExceeded } from '../events/texts.ts';
import { kObj, logInfo } from '../log/log.ts';
import { requestError } from '../log/request-error.ts';
import { mirrorOf, statusTarget } from '../pod-manager/mirror-pods.ts';
import { emptyRuntimePod } from '../runtime-pod.ts';
import type { KubeletState, PodStatusRecord } from '../state.ts';
import { WHERE } from '../where.ts';
import { endedStatus } from './ending.ts';
import { podStatusEqual } from './equal.ts';
import { generatePodStatus } from './generate.ts';
import { isTerminalPhase, mergePodStatus } from './merge.ts';
import { normalizeStatus } from './normalize.ts';
import { withContainerReadiness, withContainerStartup } from './set-flag.ts';
import { isSameSource } from './source.ts';
import { terminatedStatus } from './terminate.ts';

const NO_START_ERRORS = {};

const NO_RECORD: Omit<PodStatusRecord, 'status' | 'computedPhase'> = {
  version: 0,
  postedVersion: 0,
  deleting: false,
};

function setRecord(draft: Draft, podUid: string, record: PodStatusRecord): void {
  update(draft, { statuses: withEntry(draft.state.statuses, podUid, record) });
}

/** The worker has come so far that no container of the pod can run any more. */
function hasEnded({ machines }: KubeletState, { metadata: { uid } }: Pod): boolean {
  return machines[uid]?.[`worker/${uid}`]?.state.startsWith('terminated') ?? false;
}

/**
 * Generates the pod's status from what is known now and sets it; returns the containers whose readiness
 * should be probed at once.
 */
export function generateStatus(draft: Draft, pod: Pod): readonly string[] {
  const { uid } = pod.metadata;
  const sources = sourcesOf(draft, pod);
  const { source } = draft.state.statuses[uid] ?? {};
  const isEnding = draft.state.workers[uid]?.ending !== undefined;
  if (!isEnding && source !== undefined && isSameSource(source.sources, sources)) return source.probeNow;
  const { status, probeNow } = generated(draft, pod, sources);
  if (status.reason === DEADLINE_EXCEEDED.reason) recordEvent(draft, pod, deadlineExceeded());
  setPodStatus(draft, pod, status);
  const record = draft.state.statuses[uid];
  if (record !== undefined) {
    const { status: previous, computedPhase } = record;
    setRecord(draft, uid, {
      ...record,
      source: { sources: { ...sources, previous, computedPhase }, probeNow },
    });
  }
  return probeNow;
}

/**
 * Tells at the end of a sync why a container could not be started. What the sync saw when it began is old by
 * now, so no pod ends by it: that is for the next sync.
 */
export function tellStartErrors(draft: Draft, pod: Pod): void {
  const { status } = generated(draft, pod, sourcesOf(draft, pod));
  const { computedPhase } = draft.state.statuses[pod.metadata.uid] ?? {};
  if (isTerminalPhase(status.phase) && !isTerminalPhase(computedPhase)) return;
  setPodStatus(draft, pod, status);
}

type Sources = Parameters<typeof generatePodStatus>[0];

function sourcesOf({ state }: Draft, pod: Pod): Sources {
  const { uid } = pod.metadata;
  return {
    pod,
    runtimePod: state.workers[uid]?.runtimePod ?? emptyRuntimePod(uid),
    previous: state.statuses[uid]?.status ?? mirrorOf(state, pod)?.status,
    computedPhase: state.statuses[uid]?.computedPhase,
    startErrors: state.startErrors[uid] ?? NO_START_ERRORS,
    resize: state.allocation.resizes[uid],
    podIsTerminal: hasEnded(state, pod),
    hostIPs: [state.node.hostIP],
    runtimeName: state.node.runtimeName,
    nowMs: state.nowMs,
    insecurePodWarnings: isEnabled(state.config, 'InsecurePodWarnings'),
    probeWorkers: Object.values(state.probes.workers).filter(({ podUid }) => podUid === uid),
    probeResults: state.probes.results,
    kubeletStartedMs: state.startedMs,
  };
}

/**
 * A pod that the kubelet ends says why (PodStatusFunc) in a status of before, which is held back while containers
 * run. What is generated once they have stopped starts from that one: a pod whose containers all exited with 0 has
 * Succeeded all the same, and then says no reason (kubelet.go SyncTerminatingPod, generateAPIPodStatus).
 */
function generated({ state }: Draft, pod: Pod, sources: Sources): ReturnType<typeof generatePodStatus> {
  const { uid, generation } = pod.metadata;
  const ending = state.workers[uid]?.ending;
  const before = sources.previous ?? pod.status ?? {};
  if (ending === undefined || !sources.podIsTerminal || isTerminalPhase(before.phase)) {
    return generatePodStatus(sources);
  }
  const previous = endedStatus(before, ending, { generation, nowMs: state.nowMs });
  return generatePodStatus({ ...sources, previous });
}

/** A pod without a worker was refused: nothing of it ever ran (pod_workers.go CouldHaveRunningContainers). */
function couldHaveRunningContainers(draft: Draft, pod: Pod): boolean {
  return draft.state.workers[pod.metadata.uid] !== undefined && !hasEnded(draft.state, pod);
}

/** Takes a status over and sends it, unless it says nothing new. */
export function setPodStatus(draft: Draft, pod: Pod, generated: PodStatus): void {
  const { uid } = pod.metadata;
  const record = draft.state.statuses[uid];
  const before = record?.status ?? mirrorOf(draft.state, pod)?.status ?? pod.status ?? {};
  const merged = mergePodStatus(before, generated, couldHaveRunningContainers(draft, pod));
  const status = normalizeStatus(pod, merged);
  movePhase(draft, pod, generated);
  moveReady(draft, pod, generated);
  takeOver(draft, pod, status, generated.phase ?? 'Pending');
}

/**
 * What a probe's new result changes at once: one container's flag and the conditions that follow from it.
 * Everything else waits for the sync that the result asks for (SetContainerReadiness, SetContainerStartup).
 */
export function setContainerFlag(
  draft: Draft,
  pod: Pod,
  flag: { readonly kind: 'readiness' | 'startup'; readonly containerId: string; readonly value: boolean },
): void {
  const record = draft.state.statuses[pod.metadata.uid];
  if (record === undefined) return;
  const before = record.status;
  const { containerId, value } = flag;
  const status =
    flag.kind === 'readiness'
      ? withContainerReadiness(pod, before, containerId, value, draft.state.nowMs)
      : withContainerStartup(before, containerId, value);
  moveReady(draft, pod, status);
  takeOver(draft, pod, status, record.computedPhase);
}

/** Keeps a status and sends it, unless it says nothing new. */
function takeOver(draft: Draft, pod: Pod, status: PodStatus, computedPhase: PodPhase): void {
  const { uid } = pod.metadata;
  const record = draft.state.statuses[uid];
  if (record !== undefined && podStatusEqual(record.status, status)) {
    if (record.computedPhase !== computedPhase) setRecord(draft, uid, { ...record, computedPhase });
    return;
  }
  const version = (record?.version ?? 0) + 1;
  setRecord(draft, uid, { ...NO_RECORD, ...record, status, computedPhase, version });
  const phase = status.phase ?? '';
  const say: Say = {
    stage: 'status',
    why: 'status.changed',
    values: { phase, version },
    where: WHERE.setPodStatus,
  };
  note(draft, 'status', referenceOf(pod), 'StatusChanged', phase, say, [`patchPodStatus ${phase}`]);
  post(draft, pod);
}

const PHASE_EVENTS = {
  Pending: { type: 'PhasePending' },
  Running: { type: 'PhaseRunning' },
  Succeeded: { type: 'PhaseSucceeded' },
  Failed: { type: 'PhaseFailed' },
} as const satisfies Partial<Record<PodPhase, EventOf<'pod'>>>;

/** Moves the pod's machine to the phase that was computed; the machine is the law on which moves there are. */
function movePhase(draft: Draft, pod: Pod, status: PodStatus): void {
  const ref = refOf('pod', pod);
  const phase = status.phase ?? 'Pending';
  const where = WHERE.generateStatus;
  if (phase !== 'Unknown' && !stateOf(draft, ref).startsWith(phase)) {
    moveIf(draft, ref, PHASE_EVENTS[phase], { stage: 'status', why: `phase.${phase}`, where });
  }
}

function moveReady(draft: Draft, pod: Pod, status: PodStatus): void {
  const where = WHERE.generateStatus;
  const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  const event = ready ? ({ type: 'PodReady' } as const) : ({ type: 'PodNotReady' } as const);
  moveIf(draft, refOf('pod', pod), event, {
    stage: 'status',
    why: ready ? 'pod.ready' : 'pod.notReady',
    where,
  });
}

/** Sends the newest version, unless a patch is on its way; a static pod's waits for its mirror. */
export function post(draft: Draft, pod: Pod): void {
  const { uid } = pod.metadata;
  const record = draft.state.statuses[uid];
  if (record === undefined || record.patch !== undefined) return;
  const target = statusTarget(draft.state, pod);
  const { status, version, postedVersion, postedTo = uid } = record;
  if (target === undefined || (postedVersion === version && postedTo === target)) return;
  const effectId = emit(draft, refOf('pod', pod), { type: 'patchPodStatus', podUid: target, status });
  setRecord(draft, uid, { ...record, patch: { effectId, version, target } });
}

/** A patch came back; a failed one (`error`) is sent again by the next sync of statuses. */
export function patchReturned(draft: Draft, podUid: string, effectId: EffectId, error?: EffectError): void {
  const record = draft.state.statuses[podUid];
  if (record?.patch?.effectId !== effectId) return;
  const { patch, ...rest } = record;
  const posted = error === undefined ? { postedVersion: patch.version, postedTo: patch.target } : {};
  setRecord(draft, podUid, { ...rest, ...posted });
  const pod = draft.state.pods[podUid];
  if (pod === undefined) return;
  if (error === undefined) post(draft, pod);
  else logNotPosted(draft, pod, error);
  deleteIfDone(draft, pod);
}

/** The real kubelet looks the pod up before it patches it, so an API server that is away fails that request (syncPod). */
function logNotPosted(draft: Draft, pod: Pod, error: EffectError): void {
  if (error.code === 'NotFound') return;
  const { namespace, name, uid } = pod.metadata;
  const err = requestError('Get', `/api/v1/namespaces/${namespace}/pods/${name}`, error, '');
  logInfo(draft, 0, 'status_manager.go', 'Failed to get status for pod', {
    podUID: uid,
    pod: kObj(pod),
    err,
  });
}

/**
 * Somebody else wrote the pod's status, as the control plane does for a node that it gave up: the next sync of
 * statuses writes the kubelet's own again (status_manager.go needsReconcile).
 */
export function statusReconciled(draft: Draft, { metadata, status = {} }: Pod): void {
  const record = draft.state.statuses[metadata.uid];
  if (record === undefined || record.patch !== undefined || record.postedVersion !== record.version) return;
  const told = new Map(status.conditions?.map((condition) => [condition.type, condition.status]));
  const own = record.status.conditions ?? [];
  if (own.every(({ type, status: is }) => told.get(type) === is) && status.phase === record.status.phase)
    return;
  setRecord(draft, metadata.uid, { ...record, version: record.version + 1 });
}

/** Sends again what has not arrived, for every pod (status_manager.go syncBatch, every 10 s). */
export function syncStatuses(draft: Draft): void {
  for (const uid of Object.keys(draft.state.statuses)) {
    const pod = draft.state.pods[uid];
    if (pod === undefined) continue;
    post(draft, pod);
    deleteIfDone(draft, pod);
  }
}

/** Nothing of the pod runs and nothing of it is left on the node (status_manager.go TerminatePod). */
export function terminatePodStatus(draft: Draft, pod: Pod): void {
  const record = draft.state.statuses[pod.metadata.uid];
  if (record !== undefined) setPodStatus(draft, pod, terminatedStatus(pod, record.status));
  moveIf(
    draft,
    refOf('pod', pod),
    { type: 'PodTerminated' },
    {
      stage: 'status',
      why: 'pod.terminated',
      where: WHERE.terminatePod,
    },
  );
  deleteIfDone(draft, draft.state.pods[pod.metadata.uid] ?? pod);
}

/** Deletes the object once the pod was to be deleted, has ended, and its last status has arrived. */
export function deleteIfDone(draft: Draft, pod: Pod): void {
  const { uid, deletionTimestamp } = pod.metadata;
  const record = draft.state.statuses[uid];
  if (deletionTimestamp === undefined || record === undefined || record.deleting) return;
  if (record.patch !== undefined || record.postedVersion !== record.version) return;
  if (stateOf(draft, refOf('podWorker', pod)) !== 'terminated.finished') return;
  setRecord(draft, uid, { ...record, deleting: true });
  const say: Say = { stage: 'status', why: 'status.delete', where: WHERE.syncStatus };
  note(draft, 'status', referenceOf(pod), 'PodDeleted', record.status.phase ?? '', say, ['deletePod']);
  emit(draft, refOf('pod', pod), { type: 'deletePod', podUid: uid, gracePeriodSeconds: 0 });
}

/** A deletion failed: it is tried again with the next sync of statuses. */
export function deletionFailed(draft: Draft, podUid: string): void {
  const record = draft.state.statuses[podUid];
  if (record !== undefined) setRecord(draft, podUid, { ...record, deleting: false });
}
