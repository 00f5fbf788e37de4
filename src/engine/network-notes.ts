/** What a person is told of the network: of no interest to the kubelet, which never hears it. */
import type { Pod } from '../api/types.ts';
import type { ClusterKey } from '../messages/cluster.ts';
import type { Told } from '../messages/why.ts';
import type { PullProgress, RuntimeEvent } from '../runtime/port.ts';
import type { ClockKind } from './types.ts';

/** A pod tried to leave the network, or one of its ports can be reached from this machine. */
export function networkNote(
  event: Extract<RuntimeEvent, { type: 'egressDenied' | 'portOpened' }>,
  pods: readonly Pod[],
  clock: ClockKind,
): Told<ClusterKey> {
  const { podUid } = event;
  const name = pods.find(({ metadata }) => metadata.uid === podUid)?.metadata.name ?? podUid;
  if (event.type === 'portOpened') {
    const { port, hostPort } = event;
    return {
      key: 'cluster.portOpened',
      values: { name, port: String(port), place: `127.0.0.1:${hostPort}` },
    };
  }
  const { containerName, host, port } = event;
  const key = clock === 'wall' ? 'cluster.egressDenied' : 'cluster.egressInVirtualTime';
  return { key, values: { name, container: containerName, place: port === 0 ? host : `${host}:${port}` } };
}

/** A pull that had to do without its registry; undefined for all others. */
export function pullNote({ phase, image }: PullProgress): Told<ClusterKey> | undefined {
  return phase === 'offline' ? { key: 'cluster.pulledOffline', values: { image } } : undefined;
}
