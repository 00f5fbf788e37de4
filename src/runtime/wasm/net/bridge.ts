/** With wall time: opens each pod listener on the host too, at the pod's own loopback address, for `curl` and browsers. */
import net from 'node:net';
import { isLoopback } from './address.ts';
import type { ConnectionEnd, Listener, ListenerWatcher, PodNet } from './pod-net.ts';

/** Linux answers on every address of 127.0.0.0/8; elsewhere only 127.0.0.1 is there and nothing is opened. */
export const hostHasPodAddresses = process.platform === 'linux';

export class HostBridge implements ListenerWatcher {
  #net: PodNet | undefined;

  /** The network and its bridge know each other. */
  connect(podNet: PodNet): void {
    this.#net = podNet;
  }

  opened(listener: Listener): void {
    if (!hostHasPodAddresses || isLoopback(listener.ip)) return;
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      const end = this.#net?.connectFromNode(listener.pod.ip, listener.port);
      if (end === undefined) socket.destroy();
      else join(socket, end);
    });
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
    server.listen({ host: listener.pod.ip, port: listener.port }, settled);
    const untilClosed = () => {
      if (listener.closed) server.close();
      else listener.acceptable.add(untilClosed);
    };
    listener.acceptable.add(untilClosed);
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
