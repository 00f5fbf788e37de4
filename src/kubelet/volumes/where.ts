/** Where the real kubelet does what the volume manager shows. */
import { at } from '../../machines/trace.ts';

export const WHERE_VOLUMES = {
  populate: at(
    'pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go',
    'processPodVolumes',
  ),
  waitForUnmount: at('pkg/kubelet/volumemanager/volume_manager.go', 'WaitForUnmount'),
  mount: at('pkg/volume/util/operationexecutor/operation_generator.go', 'GenerateMountVolumeFunc'),
  unmount: at('pkg/volume/util/operationexecutor/operation_generator.go', 'GenerateUnmountVolumeFunc'),
  remount: at('pkg/volume/util/atomic_writer.go', 'Write'),
  reconstruct: at('pkg/kubelet/volumemanager/reconciler/reconstruct.go', 'cleanOrphanVolumes'),
  token: at('pkg/kubelet/token/token_manager.go', 'GetServiceAccountToken'),
} as const;
