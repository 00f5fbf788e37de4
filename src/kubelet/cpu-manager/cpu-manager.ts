/**
 * The CPU manager: reads its checkpoint when the kubelet starts, gives CPUs out at admission, and keeps the
 * containers of the shared pool on what is left of it. Follows pkg/kubelet/cm/cpumanager/cpu_manager.go.
 */
import { isEnabled } from '../../api/kubelet-configuration/gates.ts';
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { quantityMilliValue } from '../../api/quantity/scale.ts';
import type { Pod } from '../../api/types.ts';
import type { EffectError, EffectResult } from '../../machines/events.ts';
import type { Rejection } from '../admission/failure.ts';
import type { PodOperation } from '../config-sources/merge.ts';
import { type Draft, emit, moveIf, nodeOwner, note, refOf, type Say, snapshotOf, update } from '../draft.ts';
import { logError } from '../log/log.ts';
import { startTimer } from '../loop-timer.ts';
import { KUBELET_ROOT } from '../paths.ts';
import { allContainers } from '../pod-spec.ts';
import type { CpuAffinity } from '../resources/linux.ts';
import { allocationRejection } from './admission.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { formatCpus, NO_CPUS, parseCpus } from './cpu-set.ts';
import { CHECKPOINT_FILE, type StartRefusal, startCpuManager } from './start.ts';
import { allocate, type CpuAssignments, cpusOf, release, type StaticPolicy } from './static-policy.ts';
import { uniformTopology } from './topology.ts';
import { CPU_MANAGER_WHERE as WHERE } from './where.ts';

export interface CpuManager {
  /** Null: policy `none`, which pins nothing. */
  readonly policy: StaticPolicy | null;
  readonly assignments: CpuAssignments;
  /** While the checkpoint is being read. */
  readonly starting: boolean;
  /** What the sources said meanwhile, oldest first. */
  readonly held: readonly PodOperation[];
}

export const NO_CPU_MANAGER: CpuManager = {
  policy: null,
  assignments: { entries: {}, defaultCpuSet: NO_CPUS },
  starting: false,
  held: [],
};

/** Whose outcomes these are. */
export const CPU_MANAGER_KEY = 'cpuManager';
export const CPU_RECONCILE_TIMER = 'cpuManager/reconcile';
export const CPU_MANAGER_STATE_FILE = `${KUBELET_ROOT}/${CHECKPOINT_FILE}`;

/** Threads of one core share it, as on most machines. */
const THREADS_PER_CORE = 2;

/** Asks for the checkpoint. With the static policy no pod is looked at before it is there. */
export function beginCpuManager(draft: Draft): void {
  const { cpuManagerPolicy } = draft.state.config;
  update(draft, { cpuManager: { ...NO_CPU_MANAGER, starting: cpuManagerPolicy !== 'none' } });
  emit(draft, nodeOwner(draft.state, CPU_MANAGER_KEY), {
    type: 'readNodeFile',
    path: CPU_MANAGER_STATE_FILE,
  });
}

/** Keeps an operation for later, while the manager starts; false when it has started. */
export function holdWhileStarting(draft: Draft, operation: PodOperation): boolean {
  const { cpuManager } = draft.state;
  if (!cpuManager.starting) return false;
  update(draft, { cpuManager: { ...cpuManager, held: [...cpuManager.held, operation] } });
  return true;
}

/** The operations that were held, once the manager has started; each is given out once. */
export function heldByStart(draft: Draft): readonly PodOperation[] {
  const { cpuManager } = draft.state;
  if (cpuManager.starting || cpuManager.held.length === 0) return [];
  update(draft, { cpuManager: { ...cpuManager, held: [] } });
  return cpuManager.held;
}

/** The checkpoint was read, or there is none: the manager starts, or the kubelet ends with the reason. */
export function checkpointRead(draft: Draft, found: EffectResult | EffectError): void {
  const { config, node, cpuManager } = draft.state;
  if ('code' in found && found.code !== 'NotFound') {
    refuse(draft, { because: 'checkpoint', error: found.message });
    return;
  }
  const checkpoint = 'text' in found ? found.text : undefined;
  const reserved = parseCpus(config.reservedSystemCPUs);
  const cpuCount = Math.trunc(node.machine.cpuMilli / 1000);
  const started = startCpuManager({
    policyName: config.cpuManagerPolicy,
    options: config.cpuManagerPolicyOptions,
    alphaOptions: isEnabled(config, 'CPUManagerPolicyAlphaOptions'),
    topology: uniformTopology(cpuCount, 1, THREADS_PER_CORE),
    reservedMilliCpu: milliOf(config.systemReserved.cpu) + milliOf(config.kubeReserved.cpu),
    reservedCpus: 'error' in reserved ? NO_CPUS : reserved,
    directory: KUBELET_ROOT,
    ...(checkpoint === undefined ? {} : { checkpoint }),
  });
  if ('error' in started) {
    refuse(draft, started);
    return;
  }
  const { policy, state } = started;
  update(draft, { cpuManager: { ...cpuManager, policy, assignments: state, starting: false } });
  if (checkpoint !== writeCheckpoint(config.cpuManagerPolicy, state)) store(draft);
  if (policy === null) return;
  tellStarted(draft, policy, state);
  startTimer(draft, CPU_RECONCILE_TIMER, config.cpuManagerReconcilePeriodMs);
}

function milliOf(text: string | undefined): number {
  return text === undefined ? 0 : quantityMilliValue(mustParseQuantity(text));
}

function tellStarted(draft: Draft, policy: StaticPolicy, { defaultCpuSet }: CpuAssignments): void {
  const values = { reserved: formatCpus(policy.reserved), shared: formatCpus(defaultCpuSet) };
  const say: Say = { stage: 'admit', why: 'cpuManager.started', values, where: WHERE.start };
  note(draft, 'cpuManager', nodeOwner(draft.state, '').object, 'CheckpointRead', 'static', say);
}

/** The kubelet exits: whoever keeps it running starts it again, and it exits again, until the cause is gone. */
function refuse(draft: Draft, { because, error }: StartRefusal): void {
  const [message, say] =
    because === 'checkpoint' ? checkpointRefused(draft, error) : misconfigured(draft, error);
  update(draft, { exited: message });
  note(draft, 'kubelet', nodeOwner(draft.state, '').object, 'KubeletExited', 'exited', say);
}

type Refused = readonly [message: string, say: Say];

/** container_manager_linux.go Start, which kubelet.go does not survive. */
function checkpointRefused(draft: Draft, error: string): Refused {
  const cause = `start cpu manager error: ${error}`;
  const hint = 'Could not initialize checkpoint manager, please drain node and remove policy state file';
  const failed = 'Failed to start ContainerManager';
  logError(draft, 'cpu_manager.go', error, hint);
  logError(draft, 'kubelet.go', cause, failed);
  const message = `${failed}: ${cause}`;
  return [message, { stage: 'sync', why: 'cpuManager.refused', values: { message }, where: WHERE.exit }];
}

/** container_manager_linux.go NewContainerManager: the kubelet does not even begin. */
function misconfigured(draft: Draft, error: string): Refused {
  const message = `failed to run Kubelet: ${error}`;
  logError(draft, 'container_manager_linux.go', error, 'Failed to initialize cpu manager');
  logError(draft, 'run.go', message, 'command failed');
  return [
    message,
    { stage: 'sync', why: 'cpuManager.misconfigured', values: { message }, where: WHERE.create },
  ];
}

/**
 * Gives the pod's containers their CPUs, in the order in which they start. What pods that are over had is free
 * again before. The rejection, when there is not enough; nothing is given then.
 * @param others the pods that are not over.
 */
export function allocateCpus(draft: Draft, pod: Pod, others: readonly Pod[]): Rejection | undefined {
  const { policy } = draft.state.cpuManager;
  if (policy === null) return undefined;
  releaseStale(draft, [...others, pod]);
  const { uid } = pod.metadata;
  let state = draft.state.cpuManager.assignments;
  let reusable = NO_CPUS;
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    const done = allocate(policy, { state, pod, container, reusable });
    if ('error' in done) return allocationRejection(done);
    ({ state, reusable } = done);
  }
  if (state === draft.state.cpuManager.assignments) return undefined;
  setAssignments(draft, state);
  const given = Object.entries(state.entries[uid] ?? {}).map(([name, cpus]) => `${name}=${formatCpus(cpus)}`);
  const values = { cpus: given.join(' '), shared: formatCpus(state.defaultCpuSet) };
  const say: Say = { stage: 'admit', why: 'cpuManager.allocated', values, where: WHERE.allocate };
  note(draft, 'cpuManager', refOf('pod', pod).object, 'Allocate', 'static', say);
  return undefined;
}

/** The CPUs that the container is to run on (GetCPUAffinity); undefined with policy `none`. */
export function cpuAffinity({ state }: Draft, podUid: string, name: string): CpuAffinity | undefined {
  const { policy, assignments } = state.cpuManager;
  if (policy === null) return undefined;
  const cpus = formatCpus(cpusOf(assignments, podUid, name));
  return { cpus, exclusive: assignments.entries[podUid]?.[name] !== undefined };
}

/** Every ten seconds: CPUs of pods that are over go back, and running containers follow the shared pool. */
export function reconcileCpus(draft: Draft, active: readonly Pod[]): void {
  startTimer(draft, CPU_RECONCILE_TIMER, draft.state.config.cpuManagerReconcilePeriodMs);
  releaseStale(draft, active);
  for (const pod of active) {
    for (const { name } of allContainers(pod)) follow(draft, pod, name);
  }
}

function follow(draft: Draft, pod: Pod, name: string): void {
  const { uid } = pod.metadata;
  const ref = refOf('container', pod, { name });
  const { containerId } = snapshotOf(draft, ref).context;
  const seen = draft.state.pleg.cache[uid]?.containers.find(({ id }) => id === containerId);
  const cpusetCpus = cpuAffinity(draft, uid, name)?.cpus ?? '';
  if (seen?.state !== 'CONTAINER_RUNNING' || seen.resources === undefined) return;
  if (cpusetCpus === '' || seen.resources.cpusetCpus === cpusetCpus) return;
  const resources = { ...seen.resources, cpusetCpus };
  const values = { container: name, cpus: cpusetCpus };
  const say: Say = { stage: 'sync', why: 'cpuManager.moved', values, where: WHERE.reconcile };
  moveIf(draft, ref, { type: 'UpdateResources', containerId, resources }, say);
}

/** Frees what pods have that are not among the active ones; not before every source has been heard (removeStaleState). */
function releaseStale(draft: Draft, active: readonly Pod[]): void {
  if (!draft.state.podWorkers.podsSynced) return;
  const live = new Set(active.map(({ metadata }) => metadata.uid));
  let state = draft.state.cpuManager.assignments;
  for (const [podUid, containers] of Object.entries(state.entries)) {
    if (live.has(podUid)) continue;
    for (const name of Object.keys(containers)) state = release(state, podUid, name);
    const values = { uid: podUid, shared: formatCpus(state.defaultCpuSet) };
    const say: Say = { stage: 'gc', why: 'cpuManager.released', values, where: WHERE.removeStaleState };
    note(draft, 'cpuManager', nodeOwner(draft.state, '').object, 'RemoveContainer', 'static', say);
  }
  if (state !== draft.state.cpuManager.assignments) setAssignments(draft, state);
}

function setAssignments(draft: Draft, assignments: CpuAssignments): void {
  update(draft, { cpuManager: { ...draft.state.cpuManager, assignments } });
  store(draft);
}

/** Writes the checkpoint. */
function store(draft: Draft): void {
  const { config, cpuManager } = draft.state;
  const text = writeCheckpoint(config.cpuManagerPolicy, cpuManager.assignments);
  const owner = nodeOwner(draft.state, CPU_MANAGER_KEY);
  emit(draft, owner, { type: 'writeNodeFile', path: CPU_MANAGER_STATE_FILE, text });
}
