/** What CoreDNS would answer in the cluster's zone (its kubernetes plugin; the DNS specification of Kubernetes, 1.1). */
import type { DnsRecord } from '../../api/service-network.ts';
import type { KubeObject, Pod } from '../../api/types.ts';
import { podsBehind, serviceSpecOf } from './endpoints.ts';

/** The zone that clusters have unless somebody chose another. */
export const CLUSTER_DOMAIN = 'cluster.local';

/** IPv4 addresses alone, and no SRV or PTR records: WASI's look-up asks for addresses. */
export function zoneRecords(services: readonly KubeObject[], pods: readonly Pod[]): readonly DnsRecord[] {
  return services.flatMap((service): readonly DnsRecord[] => {
    const name = `${service.metadata.name}.${service.metadata.namespace}.svc.${CLUSTER_DOMAIN}`;
    const { type, clusterIP = '', externalName = '' } = serviceSpecOf(service);
    if (type === 'ExternalName') return [{ name, addresses: [], alias: externalName.toLowerCase() }];
    if (clusterIP !== 'None') return clusterIP === '' ? [] : [{ name, addresses: [clusterIP] }];
    const behind = podsBehind(service, pods);
    return [
      { name, addresses: behind.map(({ status }) => status?.podIP ?? '') },
      ...behind.map((pod) => ({
        name: `${hostnameOf(pod, service)}.${name}`,
        addresses: [pod.status?.podIP ?? ''],
      })),
    ];
  });
}

/** A pod of the service's subdomain has its host name there, another one its address. */
function hostnameOf({ spec, status }: Pod, { metadata }: KubeObject): string {
  const isNamed = spec.hostname !== undefined && spec.subdomain === metadata.name;
  return isNamed ? (spec.hostname ?? '').toLowerCase() : (status?.podIP ?? '').replaceAll('.', '-');
}
