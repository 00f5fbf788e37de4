/** `wasi:sockets`: TCP and UDP over IPv4 in the pod's network, and the names that are known there. */
import { parseIpv4 } from '../net/address.ts';
import type { Pending } from '../net/pending.ts';
import type { Process } from '../process/process.ts';
import { Pollable } from './poll.ts';
import { SocketError } from './result.ts';
import { TcpSocket } from './tcp.ts';
import { IncomingDatagramStream, OutgoingDatagramStream, UdpSocket } from './udp.ts';

class Network {}

class ResolveAddressStream {
  readonly #process: Process;
  readonly #pending: Pending<readonly string[]>;
  readonly #release: () => void;
  #given = 0;

  constructor(process: Process, pending: Pending<readonly string[]>) {
    this.#process = process;
    this.#pending = pending;
    this.#release = process.own(() => {});
  }

  resolveNextAddress(): object | undefined {
    this.#process.hostCall();
    const { outcome } = this.#pending;
    if (outcome === undefined) throw new SocketError('would-block');
    if (typeof outcome === 'string') throw new SocketError(outcome);
    const ip = parseIpv4(outcome[this.#given++] ?? '');
    return ip && { tag: 'ipv4', val: ip };
  }

  subscribe(): Pollable {
    const pending = this.#pending;
    return new Pollable(this.#process, {
      isReady: () => pending.outcome !== undefined,
      queue: pending.settled,
    });
  }

  [Symbol.dispose](): void {
    this.#release();
  }
}

export function socketImports(process: Process): Record<string, Record<string, unknown>> {
  const { container } = process;
  const { pod, world } = container;
  const onlyIpv4 = (family: 'ipv4' | 'ipv6') => {
    process.hostCall();
    if (family !== 'ipv4') throw new SocketError('not-supported');
  };
  return {
    'wasi:sockets/network': { Network },
    'wasi:sockets/instance-network': { instanceNetwork: () => new Network() },
    'wasi:sockets/tcp': { TcpSocket },
    'wasi:sockets/tcp-create-socket': {
      createTcpSocket(family: 'ipv4' | 'ipv6') {
        onlyIpv4(family);
        return new TcpSocket(process);
      },
    },
    'wasi:sockets/udp': { UdpSocket, IncomingDatagramStream, OutgoingDatagramStream },
    'wasi:sockets/udp-create-socket': {
      createUdpSocket(family: 'ipv4' | 'ipv6') {
        onlyIpv4(family);
        return new UdpSocket(process);
      },
    },
    'wasi:sockets/ip-name-lookup': {
      ResolveAddressStream,
      resolveAddresses(_network: Network, name: string) {
        process.hostCall();
        const pending = world.net.lookUp(pod, name);
        if (typeof pending.outcome === 'string' && world.net.isDeniedName(name)) container.denied(name, 0);
        if (pending.outcome === 'invalid-argument') throw new SocketError('invalid-argument');
        return new ResolveAddressStream(process, pending);
      },
    },
  };
}
