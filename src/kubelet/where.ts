/** Where the real kubelet does what a step shows: files of kubernetes/kubernetes and functions in them. */
import { at, type Where } from '../machines/trace.ts';

const kubelet = 'pkg/kubelet/kubelet.go';
const podWorkers = 'pkg/kubelet/pod_workers.go';
const runtimeManager = 'pkg/kubelet/kuberuntime/kuberuntime_manager.go';
const runtimeContainer = 'pkg/kubelet/kuberuntime/kuberuntime_container.go';
const runtimeSandbox = 'pkg/kubelet/kuberuntime/kuberuntime_sandbox.go';
const imageManager = 'pkg/kubelet/images/image_manager.go';
const statusManager = 'pkg/kubelet/status/status_manager.go';
const pleg = 'pkg/kubelet/pleg/generic.go';
const eventedPleg = 'pkg/kubelet/pleg/evented.go';
const volumeManager = 'pkg/kubelet/volumemanager/volume_manager.go';
const volumeExecutor = 'pkg/volume/util/operationexecutor/operation_generator.go';

export const WHERE = {
  run: at(kubelet, 'Run'),
  handlePodAdditions: at(kubelet, 'HandlePodAdditions'),
  handlePodUpdates: at(kubelet, 'HandlePodUpdates'),
  handlePodRemoves: at(kubelet, 'HandlePodRemoves'),
  handlePodCleanups: at('pkg/kubelet/kubelet_pods.go', 'HandlePodCleanups'),
  syncLoop: at(kubelet, 'syncLoopIteration'),
  rejectPod: at(kubelet, 'rejectPod'),
  admit: at('pkg/kubelet/lifecycle/predicate.go', 'Admit'),
  syncPod: at(kubelet, 'SyncPod'),
  syncTerminatingPod: at(kubelet, 'SyncTerminatingPod'),
  syncTerminatingRuntimePod: at(kubelet, 'SyncTerminatingRuntimePod'),
  syncTerminatedPod: at(kubelet, 'SyncTerminatedPod'),
  makePodDirectories: at('pkg/kubelet/kubelet_pods.go', 'makePodDataDirs'),
  updatePod: at(podWorkers, 'UpdatePod'),
  startPodSync: at(podWorkers, 'startPodSync'),
  activeDeadline: at('pkg/kubelet/active_deadline.go', 'ShouldSync'),
  podWorkerLoop: at(podWorkers, 'podWorkerLoop'),
  completeWork: at(podWorkers, 'completeWork'),
  relist: at(pleg, 'Relist'),
  processCRIEvents: at(eventedPleg, 'processCRIEvents'),
  watchEventsChannel: at(eventedPleg, 'watchEventsChannel'),
  computePodActions: at(runtimeManager, 'computePodActions'),
  runtimeSyncPod: at(runtimeManager, 'SyncPod'),
  doBackOff: at(runtimeManager, 'doBackOff'),
  createPodSandbox: at(runtimeSandbox, 'createPodSandbox'),
  killPod: at(runtimeManager, 'killPodWithSyncResult'),
  startContainer: at(runtimeContainer, 'startContainer'),
  killContainer: at(runtimeContainer, 'killContainer'),
  preStop: at(runtimeContainer, 'executePreStopHook'),
  removeContainer: at(runtimeContainer, 'removeContainer'),
  waitForTurn: at('pkg/kubelet/kuberuntime/kuberuntime_termination_order.go', 'waitForTurn'),
  runHook: at('pkg/kubelet/lifecycle/handlers.go', 'Run'),
  ensureImageExists: at(imageManager, 'EnsureImageExists'),
  pullImage: at(imageManager, 'pullImage'),
  parallelPull: at('pkg/kubelet/images/puller.go', 'pullImage'),
  serialPull: at('pkg/kubelet/images/puller.go', 'processImagePullRequests'),
  waitForMount: at(volumeManager, 'WaitForAttachAndMount'),
  mountVolume: at(volumeExecutor, 'GenerateMountVolumeFunc'),
  unmountVolume: at(volumeExecutor, 'GenerateUnmountVolumeFunc'),
  generateStatus: at('pkg/kubelet/kubelet_pods.go', 'generateAPIPodStatus'),
  setPodStatus: at(statusManager, 'updateStatusInternal'),
  syncStatus: at(statusManager, 'syncPod'),
  terminatePod: at(statusManager, 'TerminatePod'),
  doProbe: at('pkg/kubelet/prober/worker.go', 'doProbe'),
} as const satisfies Record<string, Where>;
