/** The init containers' part of a plan: which one is next, which sidecars must come back. */
import type { ContainerStatus } from '../../api/cri.ts';
import type { Container, Pod } from '../../api/types.ts';
import { containerChanged } from '../container-hash.ts';
import type { ProbeResults } from '../probes/results.ts';
import { activeContainers, newestContainer, type RuntimePod } from '../runtime-pod.ts';
import type { Plan } from './plan.ts';
import { planResize, type ResizeOf } from './plan-resize.ts';
import { containerShouldRestart, isSidecar, shouldRestartOnFailure } from './restart-policy.ts';
import type { KillReason } from './types.ts';

interface Walk {
  readonly pod: Pod;
  readonly probeResults: ProbeResults;
  readonly plan: Plan;
  readonly resize: ResizeOf | undefined;
  readonly lastIndex: number;
  /** A later init container has a record, so this one has been passed already. */
  passed: boolean;
  initialized: boolean;
}

/** What the walk does after one container: go on to the one before it, or give the pod up. */
type Verdict = 'goOn' | 'podFailed';

/**
 * Puts into the plan what the init containers need, and tells whether the pod is initialised.
 * They are examined last to first, because early records may be gone while a later one proves that they
 * were done (kuberuntime_container.go computeInitContainerActions).
 */
export function planInitContainers(
  pod: Pod,
  runtimePod: RuntimePod,
  probeResults: ProbeResults,
  plan: Plan,
  resize?: ResizeOf,
): boolean {
  const initContainers = pod.spec.initContainers ?? [];
  if (initContainers.length === 0) return true;

  const initialized = hasAnyActiveRegularContainer(pod, runtimePod);
  const walk: Walk = {
    pod,
    probeResults,
    plan,
    resize,
    lastIndex: initContainers.length - 1,
    passed: initialized,
    initialized,
  };
  for (const [index, container] of [...initContainers.entries()].reverse()) {
    const status = newestContainer(runtimePod, container.name);
    if (!status) {
      if (walk.passed && isSidecar(container)) plan.initContainersToStart.push(index);
      continue;
    }
    if (walk.passed && !isSidecar(container)) continue;
    const verdict = isSidecar(container)
      ? planSidecar(walk, index, container, status)
      : planPlainInit(walk, index, container, status);
    if (verdict === 'podFailed') {
      plan.killPod = true;
      plan.initContainersToStart = [];
      return false;
    }
    walk.passed = true;
  }
  if (!walk.passed) plan.initContainersToStart.push(0);
  plan.initContainersToStart.reverse();
  return walk.initialized;
}

/** Whether a regular container was made on the current sandbox (HasAnyActiveRegularContainerStarted). */
export function hasAnyActiveRegularContainer(pod: Pod, runtimePod: RuntimePod): boolean {
  const names = new Set(pod.spec.containers.map((container) => container.name));
  return activeContainers(runtimePod).some((status) => names.has(status.metadata.name));
}

function planSidecar(walk: Walk, index: number, container: Container, status: ContainerStatus): Verdict {
  const { plan, probeResults } = walk;
  switch (status.state) {
    case 'CONTAINER_CREATED':
    case 'CONTAINER_EXITED':
      plan.initContainersToStart.push(index);
      return 'goOn';
    case 'CONTAINER_UNKNOWN':
      kill(plan, container, status, UNKNOWN_STATE_MESSAGE, 'Unknown');
      plan.initContainersToStart.push(index);
      return 'goOn';
    case 'CONTAINER_RUNNING':
      break;
  }
  if (container.startupProbe) {
    const startup = probeResults.startup[status.id];
    if (startup === 'failure') {
      kill(plan, container, status, `Init container ${container.name} failed startup probe`, 'StartupProbe');
      plan.initContainersToStart.push(index);
    }
    if (startup !== 'success') return 'goOn';
  }
  initialised(walk, index);
  if (containerChanged(container, status)) {
    kill(plan, container, status, `Init container ${container.name} definition changed`, '');
    plan.initContainersToStart.push(index);
  } else if (container.livenessProbe && probeResults.liveness[status.id] === 'failure') {
    kill(plan, container, status, `Init container ${container.name} failed liveness probe`, 'LivenessProbe');
    plan.initContainersToStart.push(index);
  } else if (planResize(plan, container, status, walk.resize) === 'restart') {
    plan.initContainersToStart.push(index);
  }
  return 'goOn';
}

function planPlainInit(walk: Walk, index: number, container: Container, status: ContainerStatus): Verdict {
  const { plan, pod } = walk;
  switch (status.state) {
    case 'CONTAINER_CREATED':
      // Created and started in one step: one that is only created failed to start.
      plan.initContainersToStart.push(index);
      return 'goOn';
    case 'CONTAINER_RUNNING':
      return 'goOn';
    case 'CONTAINER_EXITED':
      if (status.exitCode === 0) {
        initialised(walk, index);
        return 'goOn';
      }
      if (!containerShouldRestart(container, pod.spec, status.exitCode)) return 'podFailed';
      plan.initContainersToStart.push(index);
      return 'goOn';
    case 'CONTAINER_UNKNOWN':
      // It may not have exited, so there is no exit code to hold the rules against: policies only.
      if (!restartsWithoutExitCode(container, pod)) return 'podFailed';
      kill(plan, container, status, UNKNOWN_STATE_MESSAGE, 'Unknown');
      plan.initContainersToStart.push(index);
      return 'goOn';
  }
}

/** The container's own policy, or else the pod's, says that it comes back. */
export function restartsWithoutExitCode(container: Container, pod: Pod): boolean {
  return container.restartPolicy === undefined
    ? shouldRestartOnFailure(pod)
    : container.restartPolicy !== 'Never';
}

function initialised(walk: Walk, index: number): void {
  if (index === walk.lastIndex) walk.initialized = true;
  else if (!walk.passed) walk.plan.initContainersToStart.push(index + 1);
}

const UNKNOWN_STATE_MESSAGE = 'Init container is in "unknown" state, try killing it before restart';

function kill(
  plan: Plan,
  container: Container,
  status: ContainerStatus,
  message: string,
  reason: KillReason,
): void {
  plan.containersToKill.push({ id: status.id, name: container.name, message, reason });
}
