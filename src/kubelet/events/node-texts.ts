/** The events about the node itself: type, reason and message. */
import { normal, warning } from './texts.ts';

/** `reason` is also the news: `NodeReady`, `NodeHasSufficientMemory` (kubelet_node_status.go recordNodeStatusEvent). */
export const nodeStatusIs = (nodeName: string, reason: string) =>
  normal(reason, `Node ${nodeName} status is now: ${reason}`);

/** pkg/kubelet/kubelet.go BirthCry. */
export const startingKubelet = () => normal('Starting', 'Starting kubelet.');
/** pkg/kubelet/cm/node_container_manager_linux.go enforceNodeAllocatableCgroups. */
export const nodeAllocatableEnforced = () =>
  normal('NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
/** pkg/kubelet/nodestatus/setters.go MachineInfo. */
export const rebooted = (nodeName: string, bootId: string) =>
  warning('Rebooted', `Node ${nodeName} has been rebooted, boot id: ${bootId}`);
/** pkg/kubelet/kubelet.go initializeModules and initializeRuntimeDependentModules. */
export const kubeletSetupFailed = (error: string) =>
  warning('KubeletSetupFailed', `Failed to start ContainerManager ${error}`);
/** pkg/kubelet/kubelet.go, on a node that has cgroup v1. */
export const cgroupV1 = () =>
  warning('CgroupV1', 'cgroup v1 support is in maintenance mode, please migrate to cgroup v2');
/** pkg/kubelet/kubelet.go, with swap and a kernel without `noswap` for tmpfs. */
export const memoryVolumesOnDisk = () =>
  warning(
    'PossibleMemoryBackedVolumesOnDisk',
    'The tmpfs noswap option is not supported. Memory-backed volumes (e.g. secrets, emptyDirs, etc.) might be swapped to disk and should no longer be considered secure.',
  );

// Memory: pkg/kubelet/oom/oom_watcher_linux.go.
export const systemOom = (victim: string, pid: number | string) =>
  warning('SystemOOM', `System OOM encountered, victim process: ${victim}, pid: ${pid}`);

/** Ours: the sandboxes of a real node outlive their runtime. */
export const containerRuntimeDied = (message: string) =>
  warning('ContainerRuntimeDied', `The container runtime died, and every container with it: ${message}`);

// Shutdown: pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go.
export const shutdownDetected = () => normal('Shutdown', 'Shutdown manager detected shutdown event');
export const shutdownCancelled = () => normal('Shutdown', 'Shutdown manager detected shutdown cancellation');
