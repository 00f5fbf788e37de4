/** What a person is told when a pod tried to leave the pods' network: of no interest to the kubelet, which never hears it. */
import type { Pod } from '../api/types.ts';
import type { ClusterKey } from '../messages/cluster.ts';
import type { Told } from '../messages/why.ts';
import type { RuntimeEvent } from '../runtime/port.ts';
import type { ClockKind } from './types.ts';

export function egressDenied(
  { podUid, containerName, host, port }: Extract<RuntimeEvent, { type: 'egressDenied' }>,
  pods: readonly Pod[],
  clock: ClockKind,
): Told<ClusterKey> {
  const name = pods.find(({ metadata }) => metadata.uid === podUid)?.metadata.name ?? podUid;
  const key = clock === 'wall' ? 'cluster.egressDenied' : 'cluster.egressInVirtualTime';
  return { key, values: { name, container: containerName, place: `${host}:${port}` } };
}
