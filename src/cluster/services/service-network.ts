/**
 * Stands in for the two programs that bring Services to a node: kube-proxy and CoreDNS. Neither is a part of the
 * kubelet; both watch the API server, and so this looks at the store alone.
 */
import type { ServiceNetwork } from '../../api/service-network.ts';
import { CLUSTER_DNS_IP } from '../cluster-ips.ts';
import { podsOf } from '../pods.ts';
import type { Delta, Store } from '../store.ts';
import { CLUSTER_DOMAIN, zoneRecords } from './core-dns.ts';
import { virtualPorts } from './kube-proxy.ts';

/** Kinds that Services and names are made of. */
const KINDS: ReadonlySet<string> = new Set(['Service', 'Pod', 'Namespace']);

/** Whether a change can change what `serviceNetwork` says. */
export function concernsServices({ object }: Delta): boolean {
  return KINDS.has(object.kind);
}

/** The cluster's Services and names as they are now. */
export function serviceNetwork(store: Store): ServiceNetwork {
  const objects = [...store.objects.values()];
  const services = objects.filter(({ kind, apiVersion }) => kind === 'Service' && apiVersion === 'v1');
  const namespaces = objects
    .filter(({ kind }) => kind === 'Namespace')
    .map(({ metadata }) => metadata.name ?? '');
  const pods = podsOf(store);
  return {
    ports: virtualPorts(services, pods),
    dns: { server: CLUSTER_DNS_IP, domain: CLUSTER_DOMAIN, namespaces, records: zoneRecords(services, pods) },
  };
}
