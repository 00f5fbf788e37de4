/** The planner: holds the pod that is wanted against the pod that runs, and says what one sync must do. */
import type { ContainerStatus } from '../../api/cri.ts';
import type { Container, Pod } from '../../api/types.ts';
import { containerChanged } from '../container-hash.ts';
import type { ProbeResults } from '../probes/results.ts';
import { newestContainer, type RuntimePod } from '../runtime-pod.ts';
import { planInitContainers, restartsWithoutExitCode } from './init-containers.ts';
import type { Plan } from './plan.ts';
import { planResize, type ResizeOf } from './plan-resize.ts';
import { containersToReset } from './reset-containers.ts';
import { shouldContainerBeRestarted, shouldRestartOnFailure } from './restart-policy.ts';
import { podSandboxChanged } from './sandbox-changed.ts';
import type { KillReason, PodActions } from './types.ts';

export interface PodActionsInput {
  readonly pod: Pod;
  readonly runtimePod: RuntimePod;
  readonly probeResults: ProbeResults;
  /** `shouldAllContainersRestart` of this sync. */
  readonly restartAllContainers: boolean;
  /** What the limits of a running container lack; left out: nothing. */
  readonly resize?: ResizeOf;
}

/** kuberuntime_manager.go computePodActions, at about v1.36. */
export function computePodActions(input: PodActionsInput): PodActions {
  const { pod, runtimePod, probeResults } = input;
  const sandbox = podSandboxChanged(pod, runtimePod);
  const plan: Plan = {
    killPod: sandbox.changed,
    createSandbox: sandbox.changed,
    sandboxId: sandbox.sandboxId,
    attempt: sandbox.attempt,
    initContainersToStart: [],
    containersToStart: [],
    ephemeralContainersToStart: [],
    containersToKill: [],
    containersToReset: [],
    containersToUpdate: [],
  };
  if (input.restartAllContainers) {
    plan.containersToReset = containersToReset(pod, runtimePod);
    return plan;
  }
  if (sandbox.changed) {
    planNewSandbox(pod, runtimePod, plan);
    return plan;
  }
  for (const [index, container] of (pod.spec.ephemeralContainers ?? []).entries()) {
    // They are never restarted, and need no finished initialisation.
    if (!newestContainer(runtimePod, container.name)) plan.ephemeralContainersToStart.push(index);
  }
  const initialized = planInitContainers(pod, runtimePod, probeResults, plan, input.resize);
  if (plan.killPod || !initialized) return plan;
  planContainers(input, plan);
  return plan;
}

function planNewSandbox(pod: Pod, runtimePod: RuntimePod, plan: Plan): void {
  // Without any record nothing was ever made: then even under Never a sandbox is tried again.
  if (!shouldRestartOnFailure(pod) && plan.attempt !== 0 && runtimePod.containers.length !== 0) {
    plan.createSandbox = false;
    return;
  }
  const toStart = pod.spec.containers.flatMap((container, index) =>
    runsUntilSuccess(container, pod) && succeeded(container, runtimePod) ? [] : [index],
  );
  if (toStart.length === 0 && pod.spec.containers.some((c) => newestContainer(runtimePod, c.name))) {
    plan.createSandbox = false;
    return;
  }
  if (pod.spec.initContainers?.length) plan.initContainersToStart = [0];
  else plan.containersToStart = toStart;
}

function runsUntilSuccess(container: Container, pod: Pod): boolean {
  return (container.restartPolicy ?? pod.spec.restartPolicy) === 'OnFailure';
}

function succeeded(container: Container, runtimePod: RuntimePod): boolean {
  const status = newestContainer(runtimePod, container.name);
  return status?.state === 'CONTAINER_EXITED' && status.exitCode === 0;
}

function planContainers({ pod, runtimePod, probeResults, resize }: PodActionsInput, plan: Plan): void {
  let keepCount = 0;
  for (const [index, container] of pod.spec.containers.entries()) {
    const status = newestContainer(runtimePod, container.name);
    if (status?.state !== 'CONTAINER_RUNNING') {
      if (!shouldContainerBeRestarted(container, pod, runtimePod)) continue;
      plan.containersToStart.push(index);
      if (status?.state === 'CONTAINER_UNKNOWN') {
        // It may still run: two instances of one container must never be.
        const message = 'Container is in "unknown" state, try killing it before restart';
        plan.containersToKill.push({ id: status.id, name: container.name, message, reason: 'Unknown' });
      }
      continue;
    }
    const cause = reasonToKill(container, status, probeResults);
    if (!cause) {
      if (planResize(plan, container, status, resize) === 'restart') plan.containersToStart.push(index);
      else keepCount += 1;
      continue;
    }
    // A changed definition restarts under every policy; a failed probe asks the policies.
    const restart = cause.reason === '' || restartsWithoutExitCode(container, pod);
    if (restart) plan.containersToStart.push(index);
    plan.containersToKill.push({
      id: status.id,
      name: container.name,
      message: restart ? `${cause.message}, will be restarted` : cause.message,
      reason: cause.reason,
    });
  }
  if (keepCount === 0 && plan.containersToStart.length === 0) {
    plan.killPod = true;
    // Sidecars alone must not keep a finished pod alive.
    plan.initContainersToStart = [];
  }
}

function reasonToKill(
  container: Container,
  status: ContainerStatus,
  probeResults: ProbeResults,
): { readonly message: string; readonly reason: KillReason } | undefined {
  const { name } = container;
  if (containerChanged(container, status)) {
    return { message: `Container ${name} definition changed`, reason: '' };
  }
  if (probeResults.liveness[status.id] === 'failure') {
    return { message: `Container ${name} failed liveness probe`, reason: 'LivenessProbe' };
  }
  if (probeResults.startup[status.id] === 'failure') {
    return { message: `Container ${name} failed startup probe`, reason: 'StartupProbe' };
  }
  return undefined;
}
