/** Which records go when an exit code asks for the whole pod to restart in place. */
import type { Pod } from '../../api/types.ts';
import { newestContainer, type RuntimePod } from '../runtime-pod.ts';
import { exitRestartsAllContainers } from './restart-policy.ts';
import type { ContainerToReset } from './types.ts';

/**
 * Every record of regular and init containers, those whose exit asked for the restart last: while their
 * record stands, a kubelet that stops half-way still knows what it was doing
 * (kuberuntime_manager.go computePodActions, gate RestartAllContainersOnContainerExits).
 */
export function containersToReset(pod: Pod, runtimePod: RuntimePod): ContainerToReset[] {
  const targets: ContainerToReset[] = [];
  const sources: ContainerToReset[] = [];
  for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    const newest = newestContainer(runtimePod, container.name);
    for (const status of runtimePod.containers) {
      if (status.metadata.name !== container.name) continue;
      const entry = { id: status.id, name: container.name, kill: status.state === 'CONTAINER_RUNNING' };
      const isSource =
        status === newest &&
        status.state === 'CONTAINER_EXITED' &&
        exitRestartsAllContainers(container, status.exitCode);
      (isSource ? sources : targets).push(entry);
    }
  }
  return [...targets, ...sources];
}
