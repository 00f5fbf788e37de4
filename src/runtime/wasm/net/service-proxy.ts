/** Cluster IPs in the pods' network, as kube-proxy makes them of a node's rules: a connection goes to one endpoint. */
import type { Endpoint, ServiceNetwork, VirtualPort } from '../../../api/service-network.ts';
import { fnv1a32 } from '../../../lib/fnv.ts';

/** Addresses of Services: nothing else is ever there (`cluster/cluster-ips.ts`). */
const SERVICE_RANGE = '10.96.';

export class ServiceProxy {
  #ports = new Map<string, VirtualPort>();
  /** How many connections each port has had: the next endpoint's turn. */
  #turns = new Map<string, number>();

  update({ ports }: ServiceNetwork): void {
    this.#ports = new Map(ports.map((port) => [keyOf(port.protocol, port.ip, port.port), port]));
    const turns = [...this.#turns].filter(([key]) => this.#ports.has(key));
    this.#turns = new Map(turns);
  }

  /**
   * Where a connection to a cluster IP goes: kube-proxy rolls dice, here the endpoints take turns. Undefined when
   * the address is no Service's; `refused` when nobody is behind it.
   */
  route(protocol: 'TCP' | 'UDP', ip: string, port: number, client: string): Endpoint | 'refused' | undefined {
    const key = keyOf(protocol, ip, port);
    const found = this.#ports.get(key);
    if (found === undefined) return ip.startsWith(SERVICE_RANGE) ? 'refused' : undefined;
    const { endpoints, sticky } = found;
    const turn = sticky ? fnv1a32(client) : (this.#turns.get(key) ?? 0);
    if (!sticky) this.#turns.set(key, turn + 1);
    return endpoints[turn % Math.max(1, endpoints.length)] ?? 'refused';
  }
}

const keyOf = (protocol: string, ip: string, port: number) => `${protocol}/${ip}:${port}`;
