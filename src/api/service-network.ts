/**
 * What kube-proxy and CoreDNS make of a cluster's Services and pods: plain data, so that a network that has
 * neither of the two can behave as if it had. `cluster/services` makes it, a runtime's network follows it.
 */

export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}

/** One port of a Service's cluster IP, and where connections to it go. Without endpoints they are refused. */
export interface VirtualPort {
  readonly ip: string;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
  readonly endpoints: readonly Endpoint[];
  /** `sessionAffinity: ClientIP`: a client stays with its endpoint. */
  readonly sticky: boolean;
}

/** A name of the cluster's zone, lower case, without the dot at its end. */
export interface DnsRecord {
  readonly name: string;
  readonly addresses: readonly string[];
  /** Another name that this one stands for (CNAME, of an ExternalName service). */
  readonly alias?: string;
}

export interface ServiceNetwork {
  readonly ports: readonly VirtualPort[];
  readonly dns: {
    /** Where the zone's server is; a pod whose resolv.conf names another one does not see the zone. */
    readonly server: string;
    readonly domain: string;
    /** For pods' own names: `10-244-0-5.default.pod.cluster.local`. */
    readonly namespaces: readonly string[];
    readonly records: readonly DnsRecord[];
  };
}
