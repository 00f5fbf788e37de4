/** Where the real kubelet keeps its CPUs. */
import { at, type Where } from '../../machines/trace.ts';

const manager = 'pkg/kubelet/cm/cpumanager/cpu_manager.go';

export const CPU_MANAGER_WHERE = {
  start: at(manager, 'Start'),
  exit: at('pkg/kubelet/kubelet.go', 'initializeRuntimeDependentModules'),
  create: at('pkg/kubelet/cm/container_manager_linux.go', 'NewContainerManager'),
  allocate: at(manager, 'Allocate'),
  reconcile: at(manager, 'reconcileState'),
  removeStaleState: at(manager, 'removeStaleState'),
} as const satisfies Record<string, Where>;
