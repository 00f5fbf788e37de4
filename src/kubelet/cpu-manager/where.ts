/** Where the real kubelet keeps its CPUs. */
import type { Where } from '../../machines/trace.ts';

const manager = 'pkg/kubelet/cm/cpumanager/cpu_manager.go';

export const CPU_MANAGER_WHERE = {
  start: { file: manager, function: 'Start' },
  exit: { file: 'pkg/kubelet/kubelet.go', function: 'initializeRuntimeDependentModules' },
  create: { file: 'pkg/kubelet/cm/container_manager_linux.go', function: 'NewContainerManager' },
  allocate: { file: manager, function: 'Allocate' },
  reconcile: { file: manager, function: 'reconcileState' },
  removeStaleState: { file: manager, function: 'removeStaleState' },
} as const satisfies Record<string, Where>;
