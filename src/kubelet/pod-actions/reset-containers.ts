/** Which records go when an exit code asks for the whole pod to restart in place. */
import type { Pod } from '../../api/types.ts';
import type { RuntimePod } from '../runtime-pod.ts';
import { exitRestartsAllContainers } from './restart-policy.ts';
import type { ContainerToReset } from './types.ts';

/**
 * Every record of regular and init containers, those whose exit asked for the restart last: while their
 * record stands, a kubelet that stops half-way still knows what it was doing
 * (kuberuntime_manager.go getContainersToReset, gate RestartAllContainersOnContainerExits).
 */
export function containersToReset(pod: Pod, runtimePod: RuntimePod): ContainerToReset[] {
  const targets: ContainerToReset[] = [];
  const sources: ContainerToReset[] = [];
  for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    for (const { id, metadata, state, exitCode } of runtimePod.containers) {
      if (metadata.name !== container.name) continue;
      const exited = state === 'CONTAINER_EXITED';
      const isSource = exited && exitRestartsAllContainers(container, exitCode);
      // What has not exited for sure is killed before its record goes.
      const entry = { id, name: container.name, kill: !exited };
      (isSource ? sources : targets).push(entry);
    }
  }
  return [...targets, ...sources];
}
