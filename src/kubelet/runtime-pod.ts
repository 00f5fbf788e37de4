/** The runtime's view of one pod, as PLEG last saw it: what the plan and the status are computed from. */
import type { ContainerStatus, PodSandboxStatus } from '../api/cri.ts';

/** kubecontainer.PodStatus (pkg/kubelet/container/runtime.go): what PLEG last saw of one pod. */
export interface RuntimePod {
  readonly podUid: string;
  /** Newest first. */
  readonly sandboxes: readonly PodSandboxStatus[];
  /** Newest first, every sandbox's. */
  readonly containers: readonly ContainerStatus[];
}

/** A pod of which the runtime knows nothing. */
export function emptyRuntimePod(podUid: string): RuntimePod {
  return { podUid, sandboxes: [], containers: [] };
}

/** The newest record of the container `name` (PodStatus.FindContainerStatusByName). */
export function newestContainer(runtimePod: RuntimePod, name: string): ContainerStatus | undefined {
  return runtimePod.containers.find((status) => status.metadata.name === name);
}

/** The newest sandbox, if it is ready: the one that gives the pod its address. */
export function activeSandbox(runtimePod: RuntimePod): PodSandboxStatus | undefined {
  const newest = runtimePod.sandboxes[0];
  return newest?.state === 'SANDBOX_READY' ? newest : undefined;
}

/**
 * The records of the active sandbox alone (PodStatus.ActiveContainerStatuses): after a sandbox was
 * created anew, older records say nothing about this pod's initialisation.
 */
export function activeContainers(runtimePod: RuntimePod): readonly ContainerStatus[] {
  const sandbox = activeSandbox(runtimePod);
  if (!sandbox) return [];
  return runtimePod.containers.filter((status) => status.podSandboxId === sandbox.id);
}

/** The pod's addresses from its active sandbox; empty on the host's network (PodStatus.IPs). */
export function runtimePodIPs(runtimePod: RuntimePod): readonly string[] {
  const ip = activeSandbox(runtimePod)?.ip;
  return ip ? [ip] : [];
}

/**
 * A record says only what its state can know: nothing of a start before it was started, nothing of an end
 * before it has ended (kuberuntime_container.go toKubeContainerStatus).
 */
export function kubeContainerStatus(status: ContainerStatus): ContainerStatus {
  const { state, startedAtMs, finishedAtMs, exitCode, reason, message } = status;
  if (state === 'CONTAINER_EXITED') return status;
  const started = state === 'CONTAINER_CREATED' ? 0 : startedAtMs;
  const clean = finishedAtMs === 0 && exitCode === 0 && reason === '' && message === '';
  // What is the same stays the same object, for whoever compares.
  if (clean && started === startedAtMs) return status;
  return { ...status, startedAtMs: started, finishedAtMs: 0, exitCode: 0, reason: '', message: '' };
}
