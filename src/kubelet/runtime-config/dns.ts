/** A pod's `/etc/resolv.conf` (pkg/kubelet/network/dns/dns.go). */
import type { DnsConfig } from '../../api/cri.ts';
import type { Pod } from '../../api/types.ts';
import {
  dnsConfigForming,
  type EventText,
  missingClusterDns,
  nodeWithoutClusterDns,
} from '../events/texts.ts';

/** The cluster's part of the configuration: `clusterDNS` and `clusterDomain`. */
export interface ClusterDns {
  readonly clusterDNS: readonly string[];
  readonly clusterDomain: string;
}

/** validation.MaxDNSNameservers, MaxDNSSearchPaths, MaxDNSSearchListChars. */
const LIMITS = { servers: 3, searches: 32, searchLetters: 2048 };

/** The node itself asks nobody: what the kubelet writes when it has no resolv.conf to pass on. */
const HOST: DnsConfig = { servers: ['127.0.0.1'], searches: ['.'], options: [] };

const unique = (texts: readonly string[]) => [...new Set(texts)];

/** What is to be told of a pod's DNS: of the pod, and of its node. */
export interface DnsEvents {
  readonly events: readonly EventText[];
  readonly nodeEvents: readonly EventText[];
}

const NO_EVENTS: DnsEvents = { events: [], nodeEvents: [] };

/** What the policy gives, what the pod adds to it, and what of it the libraries can read (GetPodDNS). */
export function podDns(pod: Pod, cluster: ClusterDns): DnsEvents & { readonly dns: DnsConfig } {
  const { config, events, nodeEvents } = byPolicy(pod, cluster);
  const { nameservers = [], searches = [], options = [] } = pod.spec.dnsConfig ?? {};
  const merged = new Map(config.options.map((option) => [option.split(':')[0] ?? '', option]));
  for (const { name = '', value } of options) merged.set(name, value ? `${name}:${value}` : name);
  const servers = unique([...config.servers, ...nameservers]);
  const all = unique([...config.searches, ...searches]);
  const fitting = all.slice(0, LIMITS.searches);
  while (fitting.join(' ').length > LIMITS.searchLetters) fitting.pop();
  const dns = { servers: servers.slice(0, LIMITS.servers), searches: fitting, options: [...merged.values()] };
  return {
    dns,
    nodeEvents,
    events: [
      ...events,
      ...(servers.length > LIMITS.servers
        ? [dnsConfigForming('Nameserver limits were exceeded, some nameservers', 'nameserver', dns.servers)]
        : []),
      ...(all.length > fitting.length
        ? [dnsConfigForming('Search Line limits were exceeded, some search paths', 'search', fitting)]
        : []),
    ],
  };
}

function byPolicy(
  pod: Pod,
  { clusterDNS, clusterDomain }: ClusterDns,
): DnsEvents & { readonly config: DnsConfig } {
  const { dnsPolicy, hostNetwork } = pod.spec;
  const onCluster =
    dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && hostNetwork !== true);
  if (dnsPolicy === 'None') return { config: { servers: [], searches: [], options: [] }, ...NO_EVENTS };
  if (!onCluster) return { config: HOST, ...NO_EVENTS };
  if (clusterDNS.length === 0) {
    return { config: HOST, events: [missingClusterDns(pod)], nodeEvents: [nodeWithoutClusterDns()] };
  }
  const service = `svc.${clusterDomain}`;
  const searches =
    clusterDomain === '' ? [] : [`${pod.metadata.namespace}.${service}`, service, clusterDomain];
  return { config: { servers: clusterDNS, searches, options: ['ndots:5'] }, ...NO_EVENTS };
}
