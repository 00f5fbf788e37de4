/** Other nodes of the cluster, which are none of this run's business: they are there, and they are well. */
import type { KubeObject } from '../../api/types.ts';
import { formatTime } from '../../lib/time.ts';

/** A node that some other kubelet keeps Ready. */
export function peerNode(name: string, atMs: number): KubeObject {
  const time = formatTime(atMs);
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
    spec: {},
    status: { conditions: [{ ...ready, lastHeartbeatTime: time, lastTransitionTime: time }] },
  };
}
