/**
 * The pods' network, in memory: pods reach each other's addresses, Services and themselves; beyond it lies what a
 * run allows (outside.ts), by default nothing.
 * With wall time every listener is also opened on the host (bridge.ts), so that `curl` reaches a pod.
 */
import type { HostAlias } from '../../../api/cri.ts';
import type { ServiceNetwork } from '../../../api/service-network.ts';
import { BytePipe } from '../host/bytes.ts';
import { SocketError, type SocketErrorCode } from '../host/result.ts';
import { ANY, isLoopback } from './address.ts';
import { type ConnectionEnd, connectionEnd } from './connection.ts';
import { Listener } from './listener.ts';
import type { Outside } from './outside.ts';
import { failed, known, type Pending, whenKnown } from './pending.ts';
import { isPodAddress } from './pod-addresses.ts';
import { Resolver } from './resolver.ts';
import { ServiceProxy } from './service-proxy.ts';
import { ENDPOINT_LIMIT, type HeldDatagrams, UdpEndpoint } from './udp.ts';

const FIRST_EPHEMERAL_PORT = 32_768;
const LAST_PORT = 65_535;
/** Connections of one pod, both directions. */
const CONNECTION_LIMIT = 1024;

/** What a pod is called and where it is. */
export interface PodName {
  readonly sandboxId: string;
  readonly podUid?: string;
  readonly ip: string;
  readonly hostname: string;
  readonly hostAliases?: readonly HostAlias[];
  readonly hostNames?: readonly string[];
  readonly resolvConf?: string;
}

/** Bytes by direction, as the pod sees them. */
export interface Traffic {
  readonly rxBytes: number;
  readonly txBytes: number;
}

/** A pod's place in the network. */
export class NetPod {
  readonly sandboxId: string;
  readonly podUid: string;
  readonly ip: string;
  readonly hostname: string;
  readonly listeners = new Map<number, Listener>();
  readonly udp = new Map<number, UdpEndpoint>();
  readonly heldDatagrams: HeldDatagrams = { bytes: 0 };
  readonly connections = new Set<ConnectionEnd>();
  /** Payload of connections that have ended, and of datagrams. */
  readonly past = { rxBytes: 0, txBytes: 0 };
  #nextPort = FIRST_EPHEMERAL_PORT;

  readonly hostAliases: readonly HostAlias[];
  readonly hostNames: readonly string[];
  readonly resolvConf: string;

  constructor(plan: PodName) {
    this.sandboxId = plan.sandboxId;
    this.podUid = plan.podUid ?? '';
    this.ip = plan.ip;
    this.hostname = plan.hostname;
    this.hostAliases = plan.hostAliases ?? [];
    this.hostNames = plan.hostNames ?? [plan.hostname];
    this.resolvConf = plan.resolvConf ?? '';
  }

  /** The address of a name in the pod's `/etc/hosts`; the first line that has it counts. */
  addressOf(name: string): string | undefined {
    if (name === 'localhost') return '127.0.0.1';
    if (name === this.hostname || this.hostNames.includes(name)) return this.ip;
    return this.hostAliases.find(({ hostnames }) => hostnames.includes(name))?.ip;
  }

  /** A datagram socket at a port that is free. @throws SocketError new-socket-limit, address-in-use */
  bindUdp(ip: string, wantedPort: number): UdpEndpoint {
    if (this.udp.size >= ENDPOINT_LIMIT) throw new SocketError('new-socket-limit');
    const port = wantedPort === 0 ? this.freePort((used) => this.udp.has(used)) : wantedPort;
    if (this.udp.has(port)) throw new SocketError('address-in-use');
    const endpoint = new UdpEndpoint(ip, port, this.heldDatagrams);
    this.udp.set(port, endpoint);
    return endpoint;
  }

  releaseUdp(endpoint: UdpEndpoint): void {
    endpoint.close();
    if (this.udp.get(endpoint.port) === endpoint) this.udp.delete(endpoint.port);
  }

  /** Whether a socket of this pod may bind to `ip`: its own address, its loopback, or all of them. */
  mayBind(ip: string): boolean {
    return ip === ANY || ip === this.ip || isLoopback(ip);
  }

  freePort(used: (port: number) => boolean): number {
    for (let tries = 0; tries <= LAST_PORT - FIRST_EPHEMERAL_PORT; tries++) {
      const port = this.#nextPort++;
      if (this.#nextPort > LAST_PORT) this.#nextPort = FIRST_EPHEMERAL_PORT;
      if (!used(port)) return port;
    }
    throw new SocketError('address-in-use');
  }
}

/** What hears of listeners that come and go. */
export interface ListenerWatcher {
  opened(listener: Listener): void;
}

export class PodNet {
  readonly #pods = new Map<string, NetPod>();
  readonly #watcher: ListenerWatcher | undefined;
  readonly #outside: Outside | undefined;
  readonly #services = new ServiceProxy();
  readonly #resolver: Resolver;
  #nodePort = FIRST_EPHEMERAL_PORT;

  /** `outside`: where pods may go beyond this network. */
  constructor(watcher?: ListenerWatcher, outside?: Outside) {
    this.#watcher = watcher;
    this.#outside = outside;
    this.#resolver = new Resolver(outside);
  }

  /** Follows the cluster's Services from now on; what is connected stays so. */
  update(services: ServiceNetwork): void {
    this.#services.update(services);
    this.#resolver.update(services);
  }

  attach(pod: NetPod): void {
    this.#pods.set(pod.ip, pod);
  }

  /** Takes the pod off the network: its listeners close, its connections end. */
  detach(pod: NetPod): void {
    this.#pods.delete(pod.ip);
    for (const listener of [...pod.listeners.values()]) listener.close();
    for (const end of [...pod.connections]) end.close();
    for (const endpoint of [...pod.udp.values()]) pod.releaseUdp(endpoint);
  }

  /** Throws SocketError address-in-use. */
  listen(pod: NetPod, ip: string, port: number): Listener {
    if (pod.listeners.has(port)) throw new SocketError('address-in-use');
    const listener = new Listener(pod, ip, port);
    pod.listeners.set(port, listener);
    this.#watcher?.opened(listener);
    return listener;
  }

  /** IPv4 addresses of a name, as a pod finds it. */
  lookUp(from: NetPod, name: string): Pending<readonly string[]> {
    return this.#resolver.lookUp(from, name);
  }

  /** Sends a datagram; lost where nobody is bound. Throws SocketError as `dial` would end. */
  send(from: NetPod, sender: UdpEndpoint, ip: string, port: number, data: Uint8Array): void {
    const there = this.#services.route('UDP', ip, port, from.ip);
    if (there === 'refused') return;
    const target = there ?? { ip, port };
    const pod = this.#podAt(from, target.ip);
    if (pod === undefined) throw new SocketError(this.#whyNot(target.ip));
    if (there !== undefined) sender.translate(target, { ip, port });
    from.past.txBytes += isLoopback(ip) ? 0 : data.length;
    const receiver = pod.udp.get(target.port);
    if (receiver?.ip !== ANY && receiver?.ip !== (isLoopback(ip) ? '127.0.0.1' : target.ip)) return;
    pod.past.rxBytes += isLoopback(ip) ? 0 : data.length;
    receiver.offer({ data, from: { ip: sourceFor(from, ip), port: sender.port } });
  }

  /**
   * Connects a pod to another one, to itself, to a Service, or to what lies beyond as far as that is allowed
   * (`access-denied` where it is not). With `serverName` the connection is encrypted: beyond the pods' network
   * alone, for no guest serves TLS to another.
   */
  dial(from: NetPod, ip: string, port: number, serverName?: string): Pending<ConnectionEnd> {
    if (from.connections.size >= CONNECTION_LIMIT) return failed('new-socket-limit');
    const there = this.#services.route('TCP', ip, port, from.ip);
    if (there === 'refused') return failed('connection-refused');
    const target = there ?? { ip, port };
    const pod = this.#podAt(from, target.ip);
    const local = { ip: sourceFor(from, ip), port: from.freePort(() => false) };
    if (pod === undefined) {
      if (this.#outside?.allows(ip, port) !== true) return failed(this.#whyNot(target.ip));
      const pending = this.#outside.connect(local, { ip, port }, serverName);
      whenKnown(pending, (outcome) => this.#arrived(from, outcome));
      return pending;
    }
    if (serverName !== undefined) return failed('not-supported');
    const seen = { ip: isLoopback(ip) || ip === ANY ? '127.0.0.1' : ip, port };
    const end = this.#connect(
      pod,
      { asked: seen, reached: { ip: there?.ip ?? seen.ip, port: target.port } },
      local,
    );
    if (end === undefined) return failed('connection-refused');
    track(from, end);
    return known(end);
  }

  /** Whether a name is one of the world beyond that nobody has allowed, and not just one that the cluster does not have. */
  isDeniedName(name: string): boolean {
    return this.#resolver.isBeyond(name) && this.#outside?.isAbout(name) !== true;
  }

  /** A connection to the outside belongs to its pod, if that is still there. */
  #arrived(from: NetPod, outcome: ConnectionEnd | SocketErrorCode): void {
    if (typeof outcome === 'string') return;
    track(from, outcome);
    if (this.#pods.get(from.ip) !== from) outcome.close();
  }

  /** The pod that `ip` means when `from` uses it. */
  #podAt(from: NetPod, ip: string): NetPod | undefined {
    return ip === from.ip || isLoopback(ip) || ip === ANY ? from : this.#pods.get(ip);
  }

  #whyNot(ip: string): 'remote-unreachable' | 'access-denied' {
    return isPodAddress(ip) ? 'remote-unreachable' : 'access-denied';
  }

  /** Connects the kubelet, or someone on the host, to a pod; undefined when it is refused. */
  connectFromNode(ip: string, port: number): ConnectionEnd | undefined {
    const pod = this.#pods.get(ip);
    if (pod === undefined) return undefined;
    this.#nodePort = this.#nodePort < LAST_PORT ? this.#nodePort + 1 : FIRST_EPHEMERAL_PORT;
    // The first address of the pod's subnet is the node's, as with a bridge.
    const target = { ip, port };
    const local = { ip: ip.replace(/\d+$/, '1'), port: this.#nodePort };
    return this.#connect(pod, { asked: target, reached: target }, local);
  }

  #connect(
    pod: NetPod,
    {
      asked,
      reached,
    }: { readonly asked: ConnectionEnd['remote']; readonly reached: ConnectionEnd['remote'] },
    local: ConnectionEnd['local'],
  ): ConnectionEnd | undefined {
    const listener = pod.listeners.get(reached.port);
    if (listener === undefined) return undefined;
    if (listener.ip !== ANY && listener.ip !== reached.ip) return undefined;
    if (pod.connections.size >= CONNECTION_LIMIT) return undefined;
    const there = new BytePipe();
    const back = new BytePipe();
    const client = connectionEnd(back, there, local, asked);
    const server = connectionEnd(there, back, reached, local);
    if (!listener.offer(server)) return undefined;
    track(pod, server);
    return client;
  }
}

/** The address that the other side sees. */
const sourceFor = (from: NetPod, ip: string) => (isLoopback(ip) || ip === ANY ? '127.0.0.1' : from.ip);

/** What has gone over the pod's interface so far: payload, and nothing of its loopback's. */
export function trafficOf({ past, connections }: NetPod): Traffic {
  const sum = { ...past };
  for (const end of connections) addTraffic(sum, end);
  return sum;
}

function addTraffic(sum: { -readonly [Name in keyof Traffic]: number }, end: ConnectionEnd): void {
  if (isLoopback(end.local.ip)) return;
  sum.rxBytes += end.incoming.writtenBytes;
  sum.txBytes += end.outgoing.writtenBytes;
}

/** Keeps a pod's open connections, so that they can be counted and ended with it. */
function track(pod: NetPod, end: ConnectionEnd): void {
  pod.connections.add(end);
  const close = end.close;
  end.close = () => {
    if (pod.connections.delete(end)) addTraffic(pod.past, end);
    close();
  };
}
