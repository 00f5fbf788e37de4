/** The limits that a container is to have now: its pod's promise, its CPUs, the node's size and the gates. */
import type { LinuxContainerResources } from '../../api/cri.ts';
import { isEnabled } from '../../api/kubelet-configuration/gates.ts';
import type { Container, Pod } from '../../api/types.ts';
import { cpuAffinity } from '../cpu-manager/cpu-manager.ts';
import type { Draft } from '../draft.ts';
import { linuxContainerResources } from '../resources/linux.ts';

/** kuberuntime_container_linux.go generateLinuxContainerResources; `pod` is as it was promised. */
export function limitsOf(draft: Draft, pod: Pod, container: Container): LinuxContainerResources {
  const { node, config } = draft.state;
  return linuxContainerResources(pod, container, {
    capacityBytes: node.machine.memoryBytes,
    config,
    cpus: cpuAffinity(draft, pod.metadata.uid, container.name),
    gates: { tieBreak: isEnabled(config, 'KubeletOOMScoreAdjTieBreak') },
  });
}
