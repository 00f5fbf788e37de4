/** What a person is told of the network and of images: of no interest to the kubelet, which never hears it. */
import type { Pod } from '../api/types.ts';
import type { ClusterKey } from '../messages/cluster.ts';
import type { Told } from '../messages/why.ts';
import type { PullProgress, RuntimeEvent } from '../runtime/port.ts';
import type { ClockKind } from './types.ts';

/** What the runtime says to people alone. */
export type ForPeople = Extract<
  RuntimeEvent,
  { type: 'egressDenied' | 'portOpened' | 'imageOfOtherPlatform' }
>;

const FOR_PEOPLE: readonly RuntimeEvent['type'][] = ['egressDenied', 'portOpened', 'imageOfOtherPlatform'];

export function isForPeople(event: RuntimeEvent): event is ForPeople {
  return FOR_PEOPLE.includes(event.type);
}

/** A pod tried to leave the network, one of its ports can be reached from this machine, or its image is not made for it. */
export function runtimeNote(event: ForPeople, pods: readonly Pod[], clock: ClockKind): Told<ClusterKey> {
  if (event.type === 'imageOfOtherPlatform') {
    const { image, platform, nodePlatform } = event;
    return { key: 'cluster.imageOfOtherPlatform', values: { image, platform, nodePlatform } };
  }
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
