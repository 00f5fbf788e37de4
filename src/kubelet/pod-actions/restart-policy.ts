/** Whether a container that ended comes back: pod policy, container policy and exit-code rules. */
import type { Container, Pod, PodSpec } from '../../api/types.ts';
import { newestContainer, type RuntimePod } from '../runtime-pod.ts';

type RestartRule = NonNullable<Container['restartPolicyRules']>[number];

/** A sidecar: an init container with restartPolicy Always (podutil.IsRestartableInitContainer). */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

/** Whether the pod as a whole restarts what failed: every policy but Never. */
export function shouldRestartOnFailure(pod: Pod): boolean {
  return pod.spec.restartPolicy !== 'Never';
}

/** The first rule that `exitCode` meets (podutil.FindMatchingContainerRestartRule). */
function matchingRestartRule(container: Container, exitCode: number): RestartRule | undefined {
  return container.restartPolicyRules?.find((rule) => {
    if (!rule.exitCodes) return false;
    const listed = (rule.exitCodes.values ?? []).includes(exitCode);
    if (rule.exitCodes.operator === 'In') return listed;
    return rule.exitCodes.operator === 'NotIn' && !listed;
  });
}

/**
 * Whether a container that ended with `exitCode` is started again: its rules first, then its own policy,
 * then the pod's (pkg/api/v1/pod/util.go ContainerShouldRestart).
 */
export function containerShouldRestart(container: Container, spec: PodSpec, exitCode: number): boolean {
  if (container.restartPolicy !== undefined) {
    if (matchingRestartRule(container, exitCode)?.action === 'Restart') return true;
    if (container.restartPolicy === 'Always') return true;
    if (container.restartPolicy === 'OnFailure') return exitCode !== 0;
    if (container.restartPolicy === 'Never') return false;
  }
  if (spec.restartPolicy === 'OnFailure') return exitCode !== 0;
  return spec.restartPolicy !== 'Never';
}

/**
 * Whether a container that does not run is to be started (kubecontainer.ShouldContainerBeRestarted).
 * Under every policy one without a record, one that was only created and one in unknown state are; in
 * a pod that is being deleted none is.
 */
export function shouldContainerBeRestarted(container: Container, pod: Pod, runtimePod: RuntimePod): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  const status = newestContainer(runtimePod, container.name);
  if (!status) return true;
  switch (status.state) {
    case 'CONTAINER_RUNNING':
      return false;
    case 'CONTAINER_UNKNOWN':
    case 'CONTAINER_CREATED':
      return true;
    case 'CONTAINER_EXITED':
      return containerShouldRestart(container, pod.spec, status.exitCode);
  }
}

/** Whether `status` of `container` asks for a restart of the whole pod in place. */
export function exitRestartsAllContainers(container: Container, exitCode: number): boolean {
  return matchingRestartRule(container, exitCode)?.action === 'RestartAllContainers';
}

/**
 * Whether the whole pod restarts in place: the API status says that it already does, or an init or
 * regular container ended with an exit code whose rule says RestartAllContainers
 * (kubecontainer.ShouldAllContainersRestart; gate RestartAllContainersOnContainerExits).
 */
export function shouldAllContainersRestart(
  pod: Pod,
  runtimePod: RuntimePod | undefined,
  apiStatus: Pod['status'],
): boolean {
  if (apiStatus?.conditions?.some((c) => c.type === 'AllContainersRestarting' && c.status === 'True')) {
    return true;
  }
  const apiStatuses = [...(apiStatus?.initContainerStatuses ?? []), ...(apiStatus?.containerStatuses ?? [])];
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].some((container) => {
    const seen = runtimePod && newestContainer(runtimePod, container.name);
    if (seen?.state === 'CONTAINER_EXITED') return exitRestartsAllContainers(container, seen.exitCode);
    if (runtimePod) return false;
    const ended = apiStatuses.find((status) => status.name === container.name)?.state?.terminated;
    return ended !== undefined && exitRestartsAllContainers(container, ended.exitCode);
  });
}
