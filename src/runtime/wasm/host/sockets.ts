/** `wasi:sockets`: TCP and UDP in the pod's network, names that mean this pod, and nothing beyond. */
import { parseIpv4 } from '../net/address.ts';
import type { Process } from '../process/process.ts';
import { Pollable } from './poll.ts';
import { SocketError } from './result.ts';
import { TcpSocket } from './tcp.ts';
import { IncomingDatagramStream, OutgoingDatagramStream, UdpSocket } from './udp.ts';

class Network {}

class ResolveAddressStream {
  readonly #process: Process;
  readonly #addresses: object[];

  constructor(process: Process, addresses: object[]) {
    this.#process = process;
    this.#addresses = addresses;
  }

  resolveNextAddress(): object | undefined {
    return this.#addresses.shift();
  }

  subscribe(): Pollable {
    return new Pollable(this.#process, { isReady: () => true });
  }
}

export function socketImports(process: Process): Record<string, Record<string, unknown>> {
  const { pod } = process.container;
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
        const ip = parseIpv4(pod.addressOf(name) ?? name);
        if (ip === undefined) throw new SocketError('name-unresolvable');
        return new ResolveAddressStream(process, [{ tag: 'ipv4', val: ip }]);
      },
    },
  };
}
