/** With wall time: opens pods' listeners on this machine too, for `curl` and browsers. */
import net from 'node:net';
import { isLoopback } from './address.ts';
import type { ConnectionEnd } from './connection.ts';
import type { Listener } from './listener.ts';
import type { ListenerWatcher, NetPod, PodNet } from './pod-net.ts';

/** Linux answers on every address of 127.0.0.0/8; elsewhere only 127.0.0.1 is there. */
export const hostHasPodAddresses = process.platform === 'linux';

const HOST = '127.0.0.1';

/** A port of this machine that leads into a pod (CNI's portmap plugin). */
export interface HostPort {
  readonly ip: string;
  readonly hostPort: number;
  readonly containerPort: number;
}

export interface BridgeOptions {
  /** Each pod's own address is an address of this machine; otherwise each listener gets a port of 127.0.0.1. */
  readonly podAddresses: boolean;
  /** Told of the latter. */
  readonly portOpened: (pod: NetPod, port: number, hostPort: number) => void;
}

export class HostBridge implements ListenerWatcher {
  readonly #options: BridgeOptions;
  #net: PodNet | undefined;
  readonly #hostPorts = new Map<NetPod, net.Server[]>();

  constructor(options: BridgeOptions) {
    this.#options = options;
  }

  /** The network and its bridge know each other. */
  connect(podNet: PodNet): void {
    this.#net = podNet;
  }

  opened(listener: Listener): void {
    if (isLoopback(listener.ip)) return;
    const { podAddresses, portOpened } = this.#options;
    const server = this.#serverFor(listener.pod, listener.port);
    // A port that the host does not give (below 1024 without the right) is reachable inside only.
    const settled = () => {
      listener.opened = true;
      listener.acceptable.notify();
    };
    server.on('error', () => {
      server.close();
      settled();
    });
    listener.opened = false;
    const { ip: host } = listener.pod;
    server.listen(podAddresses ? { host, port: listener.port } : { host: HOST, port: 0 }, () => {
      const address = server.address();
      if (!podAddresses && address !== null && typeof address === 'object')
        portOpened(listener.pod, listener.port, address.port);
      settled();
    });
    const untilClosed = () => {
      if (listener.closed) server.close();
      else listener.acceptable.add(untilClosed);
    };
    listener.acceptable.add(untilClosed);
  }

  /** Opens a pod's host ports; calls back with what the first that cannot be opened says. */
  openHostPorts(pod: NetPod, ports: readonly HostPort[], done: (problem: string | undefined) => void): void {
    const servers = ports.map(({ ip, hostPort, containerPort }) => ({
      server: this.#serverFor(pod, containerPort),
      host: ip === '' || ip === '0.0.0.0' ? HOST : ip,
      port: hostPort,
    }));
    this.#hostPorts.set(
      pod,
      servers.map(({ server }) => server),
    );
    let waiting = servers.length;
    let over = waiting === 0;
    if (over) done(undefined);
    for (const { server, host, port } of servers) {
      const settled = (problem: string | undefined) => {
        waiting--;
        if (over || (problem === undefined && waiting > 0)) return;
        over = true;
        done(problem);
      };
      server.on('error', (error) => settled(`cannot open hostport ${port} on ${host}: ${error.message}`));
      server.listen({ host, port, exclusive: true }, () => settled(undefined));
    }
  }

  closeHostPorts(pod: NetPod): void {
    for (const server of this.#hostPorts.get(pod) ?? []) server.close();
    this.#hostPorts.delete(pod);
  }

  #serverFor(pod: NetPod, port: number): net.Server {
    return net.createServer({ allowHalfOpen: true }, (socket) => {
      const end = this.#net?.connectFromNode(pod.ip, port);
      if (end === undefined) socket.destroy();
      else join(socket, end);
    });
  }
}

/** Copies bytes between a host socket and a connection until both are at their end. */
export function join(socket: net.Socket, end: ConnectionEnd): void {
  let ended = false;
  const close = () => {
    if (ended) return;
    ended = true;
    end.close();
    socket.destroy();
  };
  socket.on('data', (bytes: Buffer) => {
    end.outgoing.write(bytes);
    if (end.outgoing.capacity() !== 0) return;
    socket.pause();
    end.outgoing.writable.add(() => socket.resume());
  });
  socket.on('end', () => end.outgoing.release());
  socket.on('error', close);
  socket.on('close', close);
  const pump = () => {
    for (;;) {
      const bytes = end.incoming.read(65_536);
      if (bytes === undefined) {
        socket.end();
        return;
      }
      if (bytes.length === 0) break;
      if (!socket.write(bytes)) {
        socket.once('drain', pump);
        return;
      }
    }
    end.incoming.readable.add(pump);
  };
  pump();
}
