/**
 * The pods' network, in memory: pods reach each other's addresses and themselves, and nothing else exists.
 * With wall time every listener is also opened on the host (bridge.ts), so that `curl` reaches a pod.
 */
import type { HostAlias } from '../../../api/cri.ts';
import { BytePipe } from '../host/bytes.ts';
import { SocketError } from '../host/result.ts';
import { WaitQueue } from '../scheduler/wait-queue.ts';
import { ANY, isLoopback } from './address.ts';
import { isPodAddress } from './pod-addresses.ts';
import type { UdpEndpoint } from './udp.ts';

const FIRST_EPHEMERAL_PORT = 32_768;
const LAST_PORT = 65_535;
const BACKLOG = 128;
/** Connections of one pod, both directions. */
const CONNECTION_LIMIT = 1024;

/** One end of a connection. */
export interface ConnectionEnd {
  readonly incoming: BytePipe;
  readonly outgoing: BytePipe;
  readonly local: { readonly ip: string; readonly port: number };
  readonly remote: { readonly ip: string; readonly port: number };
  /** Ends both directions; the other side reads to the end of what was sent. */
  close(): void;
}

/** A listening socket. */
export class Listener {
  readonly pod: NetPod;
  readonly ip: string;
  readonly port: number;
  /** Notified when someone connects, when it is open on the host too, and when it closes. */
  readonly acceptable = new WaitQueue();
  /** False while the host still opens it. */
  opened = true;
  readonly #queue: ConnectionEnd[] = [];
  closed = false;

  constructor(pod: NetPod, ip: string, port: number) {
    this.pod = pod;
    this.ip = ip;
    this.port = port;
  }

  get pending(): number {
    return this.#queue.length;
  }

  /** Undefined when nobody has connected. */
  accept(): ConnectionEnd | undefined {
    return this.#queue.shift();
  }

  /** False when the backlog is full. */
  offer(end: ConnectionEnd): boolean {
    if (this.closed || this.#queue.length >= BACKLOG) return false;
    this.#queue.push(end);
    this.acceptable.notify();
    return true;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.pod.listeners.delete(this.port);
    for (const end of this.#queue.splice(0)) end.close();
    this.acceptable.notify();
  }
}

/** What a pod is called and where it is. */
export interface PodName {
  readonly sandboxId: string;
  readonly ip: string;
  readonly hostname: string;
  readonly hostAliases?: readonly HostAlias[];
  readonly hostNames?: readonly string[];
  readonly resolvConf?: string;
}

/** A pod's place in the network. */
export class NetPod {
  readonly sandboxId: string;
  readonly ip: string;
  readonly hostname: string;
  readonly listeners = new Map<number, Listener>();
  readonly udp = new Map<number, UdpEndpoint>();
  readonly connections = new Set<ConnectionEnd>();
  #nextPort = FIRST_EPHEMERAL_PORT;

  readonly hostAliases: readonly HostAlias[];
  readonly hostNames: readonly string[];
  readonly resolvConf: string;

  constructor(plan: PodName) {
    this.sandboxId = plan.sandboxId;
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
  #nodePort = FIRST_EPHEMERAL_PORT;

  constructor(watcher?: ListenerWatcher) {
    this.#watcher = watcher;
  }

  attach(pod: NetPod): void {
    this.#pods.set(pod.ip, pod);
  }

  /** Takes the pod off the network: its listeners close, its connections end. */
  detach(pod: NetPod): void {
    this.#pods.delete(pod.ip);
    for (const listener of [...pod.listeners.values()]) listener.close();
    for (const end of [...pod.connections]) end.close();
    pod.udp.clear();
  }

  /** Throws SocketError address-in-use. */
  listen(pod: NetPod, ip: string, port: number): Listener {
    if (pod.listeners.has(port)) throw new SocketError('address-in-use');
    const listener = new Listener(pod, ip, port);
    pod.listeners.set(port, listener);
    this.#watcher?.opened(listener);
    return listener;
  }

  /**
   * The pod that `ip` means when `from` uses it. Throws SocketError: remote-unreachable where a pod might have
   * been, access-denied for the rest of the world.
   */
  podAt(from: NetPod, ip: string): NetPod {
    if (ip === from.ip || isLoopback(ip) || ip === ANY) return from;
    const pod = this.#pods.get(ip);
    if (pod === undefined) throw new SocketError(isPodAddress(ip) ? 'remote-unreachable' : 'access-denied');
    return pod;
  }

  /** Connects a pod to another one or to itself. Throws SocketError. */
  connect(from: NetPod, ip: string, port: number): ConnectionEnd {
    const pod = this.podAt(from, ip);
    if (from.connections.size >= CONNECTION_LIMIT) throw new SocketError('new-socket-limit');
    const loopback = isLoopback(ip) || ip === ANY;
    const localPort = from.freePort(() => false);
    const local = { ip: loopback ? '127.0.0.1' : from.ip, port: localPort };
    const end = this.#connect(pod, { ip: loopback ? '127.0.0.1' : ip, port }, local);
    if (end === undefined) throw new SocketError('connection-refused');
    track(from, end);
    return end;
  }

  /** Connects the kubelet, or someone on the host, to a pod; undefined when it is refused. */
  connectFromNode(ip: string, port: number): ConnectionEnd | undefined {
    const pod = this.#pods.get(ip);
    if (pod === undefined) return undefined;
    this.#nodePort = this.#nodePort < LAST_PORT ? this.#nodePort + 1 : FIRST_EPHEMERAL_PORT;
    // The first address of the pod's subnet is the node's, as with a bridge.
    return this.#connect(pod, { ip, port }, { ip: ip.replace(/\d+$/, '1'), port: this.#nodePort });
  }

  #connect(
    pod: NetPod,
    remote: ConnectionEnd['remote'],
    local: ConnectionEnd['local'],
  ): ConnectionEnd | undefined {
    const listener = pod.listeners.get(remote.port);
    if (listener === undefined) return undefined;
    if (listener.ip !== ANY && listener.ip !== remote.ip) return undefined;
    if (pod.connections.size >= CONNECTION_LIMIT) return undefined;
    const there = new BytePipe();
    const back = new BytePipe();
    const client = makeEnd(back, there, local, remote);
    const server = makeEnd(there, back, remote, local);
    if (!listener.offer(server)) return undefined;
    track(pod, server);
    return client;
  }
}

function makeEnd(
  incoming: BytePipe,
  outgoing: BytePipe,
  local: ConnectionEnd['local'],
  remote: ConnectionEnd['remote'],
): ConnectionEnd {
  let open = true;
  return {
    incoming,
    outgoing,
    local,
    remote,
    close() {
      if (!open) return;
      open = false;
      outgoing.release();
      incoming.closeReader();
    },
  };
}

/** Keeps a pod's open connections, so that they can be counted and ended with it. */
function track(pod: NetPod, end: ConnectionEnd): void {
  pod.connections.add(end);
  const close = end.close;
  end.close = () => {
    pod.connections.delete(end);
    close();
  };
}
