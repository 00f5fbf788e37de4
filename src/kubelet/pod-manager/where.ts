/** Where the real kubelet keeps pods and their mirrors. */
import { at } from '../../machines/trace.ts';

export const POD_MANAGER_WHERE = {
  reconcileMirrorPods: at('pkg/kubelet/kubelet.go', 'tryReconcileMirrorPods'),
  createMirrorPod: at('pkg/kubelet/pod/mirror_client.go', 'CreateMirrorPod'),
  deleteMirrorPod: at('pkg/kubelet/pod/mirror_client.go', 'DeleteMirrorPod'),
  deletePod: at('pkg/kubelet/kubelet.go', 'deletePod'),
  handlePodReconcile: at('pkg/kubelet/kubelet.go', 'HandlePodReconcile'),
} as const;
