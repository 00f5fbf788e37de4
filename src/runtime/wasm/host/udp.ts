/** `wasi:sockets/udp`: datagrams inside the pods' network. */
import { type SocketAddress, socketAddress, textOf } from '../net/address.ts';
import { DATAGRAM_LIMIT_BYTES, UdpEndpoint } from '../net/udp.ts';
import type { Process } from '../process/process.ts';
import { Pollable } from './poll.ts';
import { SocketError } from './result.ts';

interface Outgoing {
  readonly data: Uint8Array;
  readonly remoteAddress?: SocketAddress;
}

interface Peer {
  readonly ip: string;
  readonly port: number;
}

const AT_ONCE = 16;

function peerOf(address: SocketAddress): Peer {
  if (address.tag !== 'ipv4' || address.val.port === 0) throw new SocketError('invalid-argument');
  return { ip: textOf(address.val.address), port: address.val.port };
}

export class IncomingDatagramStream {
  readonly #process: Process;
  readonly #endpoint: UdpEndpoint;
  readonly #peer: Peer | undefined;

  constructor(process: Process, endpoint: UdpEndpoint, peer: Peer | undefined) {
    this.#process = process;
    this.#endpoint = endpoint;
    this.#peer = peer;
  }

  receive(maximum: bigint): object[] {
    this.#process.hostCall();
    const datagrams: object[] = [];
    const count = Math.min(Number(maximum), AT_ONCE);
    while (datagrams.length < count) {
      const datagram = this.#endpoint.take();
      if (datagram === undefined) break;
      const { data, from } = datagram;
      if (this.#peer !== undefined && (from.ip !== this.#peer.ip || from.port !== this.#peer.port)) continue;
      datagrams.push({ data, remoteAddress: socketAddress(from.ip, from.port) });
    }
    return datagrams;
  }

  subscribe(): Pollable {
    const endpoint = this.#endpoint;
    return new Pollable(this.#process, { isReady: () => endpoint.pending > 0, queue: endpoint.receivable });
  }
}

export class OutgoingDatagramStream {
  readonly #process: Process;
  readonly #endpoint: UdpEndpoint;
  readonly #peer: Peer | undefined;

  constructor(process: Process, endpoint: UdpEndpoint, peer: Peer | undefined) {
    this.#process = process;
    this.#endpoint = endpoint;
    this.#peer = peer;
  }

  checkSend(): bigint {
    return BigInt(AT_ONCE);
  }

  send(datagrams: readonly Outgoing[]): bigint {
    for (const { data, remoteAddress } of datagrams) {
      this.#process.hostCall(data.length);
      if (data.length > DATAGRAM_LIMIT_BYTES) throw new SocketError('datagram-too-large');
      const peer = remoteAddress === undefined ? this.#peer : peerOf(remoteAddress);
      if (peer === undefined) throw new SocketError('invalid-argument');
      const { world, pod } = this.#process.container;
      const target = world.net.podAt(pod, peer.ip).udp.get(peer.port);
      const ip = peer.ip === pod.ip || !peer.ip.startsWith('127.') ? pod.ip : '127.0.0.1';
      target?.offer({ data: data.slice(), from: { ip, port: this.#endpoint.port } });
    }
    return BigInt(datagrams.length);
  }

  subscribe(): Pollable {
    return new Pollable(this.#process, { isReady: () => true });
  }
}

export class UdpSocket {
  readonly process: Process;
  readonly #release: () => void;
  #endpoint: UdpEndpoint | undefined;
  #bindStarted = false;
  #peer: Peer | undefined;
  #hopLimit = 64;

  constructor(process: Process) {
    this.process = process;
    this.#release = process.own(() => {
      if (this.#endpoint !== undefined) process.container.pod.udp.delete(this.#endpoint.port);
    });
  }

  startBind(_network: unknown, address: SocketAddress): void {
    this.process.hostCall();
    const { pod } = this.process.container;
    if (this.#endpoint !== undefined) throw new SocketError('invalid-state');
    if (address.tag !== 'ipv4') throw new SocketError('invalid-argument');
    const ip = textOf(address.val.address);
    if (!pod.mayBind(ip)) throw new SocketError('address-not-bindable');
    const port = address.val.port === 0 ? pod.freePort((used) => pod.udp.has(used)) : address.val.port;
    if (pod.udp.has(port)) throw new SocketError('address-in-use');
    this.#endpoint = new UdpEndpoint(ip, port);
    pod.udp.set(port, this.#endpoint);
    this.#bindStarted = true;
  }

  finishBind(): void {
    if (!this.#bindStarted) throw new SocketError('not-in-progress');
    this.#bindStarted = false;
  }

  stream(remote: SocketAddress | undefined): [IncomingDatagramStream, OutgoingDatagramStream] {
    if (this.#endpoint === undefined) throw new SocketError('invalid-state');
    this.#peer = remote === undefined ? undefined : peerOf(remote);
    return [
      new IncomingDatagramStream(this.process, this.#endpoint, this.#peer),
      new OutgoingDatagramStream(this.process, this.#endpoint, this.#peer),
    ];
  }

  localAddress(): SocketAddress {
    if (this.#endpoint === undefined) throw new SocketError('invalid-state');
    return socketAddress(this.#endpoint.ip, this.#endpoint.port);
  }

  remoteAddress(): SocketAddress {
    if (this.#peer === undefined) throw new SocketError('invalid-state');
    return socketAddress(this.#peer.ip, this.#peer.port);
  }

  addressFamily(): 'ipv4' {
    return 'ipv4';
  }
  unicastHopLimit(): number {
    return this.#hopLimit;
  }
  setUnicastHopLimit(limit: number): void {
    if (limit === 0) throw new SocketError('invalid-argument');
    this.#hopLimit = limit;
  }
  receiveBufferSize(): bigint {
    return BigInt(DATAGRAM_LIMIT_BYTES);
  }
  setReceiveBufferSize(size: bigint): void {
    if (size === 0n) throw new SocketError('invalid-argument');
  }
  sendBufferSize(): bigint {
    return BigInt(DATAGRAM_LIMIT_BYTES);
  }
  setSendBufferSize(size: bigint): void {
    if (size === 0n) throw new SocketError('invalid-argument');
  }

  subscribe(): Pollable {
    return new Pollable(this.process, { isReady: () => true });
  }

  [Symbol.dispose](): void {
    this.#release();
  }
}
