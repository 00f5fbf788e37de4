/** `wasi:sockets/udp`: datagrams inside the pods' network. */
import { ANY, type SocketAddress, socketAddress, unicast } from '../net/address.ts';
import { DATAGRAM_LIMIT_BYTES, type UdpEndpoint } from '../net/udp.ts';
import type { Process } from '../process/process.ts';
import { PIPE_BYTES } from './bytes.ts';
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

/** Datagrams a call. */
const AT_ONCE = 16;

function peerOf(address: SocketAddress): Peer {
  const peer = unicast(address);
  if (peer.ip === ANY || peer.port === 0) throw new SocketError('invalid-argument');
  return peer;
}

const isSame = (a: Peer, b: Peer) => a.ip === b.ip && a.port === b.port;

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
    const count = maximum < AT_ONCE ? Number(maximum) : AT_ONCE;
    while (datagrams.length < count) {
      const datagram = this.#endpoint.take();
      if (datagram === undefined) break;
      const { data, from } = datagram;
      this.#process.hostCall(data.length);
      if (this.#peer !== undefined && !isSame(from, this.#peer)) continue;
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
  /** How many `check-send` has allowed. */
  #allowed = 0;

  constructor(process: Process, endpoint: UdpEndpoint, peer: Peer | undefined) {
    this.#process = process;
    this.#endpoint = endpoint;
    this.#peer = peer;
  }

  checkSend(): bigint {
    this.#process.hostCall();
    this.#allowed = AT_ONCE;
    return BigInt(AT_ONCE);
  }

  /** How many were sent; an error only when it is the first one's. */
  send(datagrams: readonly Outgoing[]): bigint {
    this.#process.hostCall();
    if (datagrams.length > this.#allowed)
      throw new Error('unreachable: send of more datagrams than check-send allowed');
    this.#allowed -= datagrams.length;
    let sent = 0n;
    for (const datagram of datagrams) {
      try {
        this.#send(datagram);
      } catch (error) {
        if (sent === 0n || !(error instanceof SocketError)) throw error;
        break;
      }
      sent++;
    }
    return sent;
  }

  #send({ data, remoteAddress }: Outgoing): void {
    this.#process.hostCall(data.length);
    const peer = remoteAddress === undefined ? this.#peer : peerOf(remoteAddress);
    const elsewhere = this.#peer !== undefined && peer !== undefined && !isSame(peer, this.#peer);
    if (peer === undefined || elsewhere) throw new SocketError('invalid-argument');
    if (data.length > DATAGRAM_LIMIT_BYTES) throw new SocketError('datagram-too-large');
    const { container } = this.#process;
    try {
      container.world.net.send(container.pod, this.#endpoint, peer.ip, peer.port, data.slice());
    } catch (error) {
      if (error instanceof SocketError && error.payload === 'access-denied')
        container.denied(peer.ip, peer.port);
      throw error;
    }
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
      if (this.#endpoint !== undefined) process.container.pod.releaseUdp(this.#endpoint);
    });
  }

  startBind(_network: unknown, address: SocketAddress): void {
    this.process.hostCall();
    const { pod } = this.process.container;
    if (this.#bindStarted) throw new SocketError('concurrency-conflict');
    if (this.#endpoint !== undefined) throw new SocketError('invalid-state');
    const { ip, port } = unicast(address);
    if (!pod.mayBind(ip)) throw new SocketError('address-not-bindable');
    this.#endpoint = pod.bindUdp(ip, port);
    this.#bindStarted = true;
  }

  finishBind(): void {
    if (!this.#bindStarted) throw new SocketError('not-in-progress');
    this.#bindStarted = false;
  }

  stream(remote: SocketAddress | undefined): [IncomingDatagramStream, OutgoingDatagramStream] {
    const endpoint = this.#bound();
    this.#peer = remote === undefined ? undefined : peerOf(remote);
    return [
      new IncomingDatagramStream(this.process, endpoint, this.#peer),
      new OutgoingDatagramStream(this.process, endpoint, this.#peer),
    ];
  }

  localAddress(): SocketAddress {
    const { ip, port } = this.#bound();
    return socketAddress(ip, port);
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
    return BigInt(PIPE_BYTES);
  }
  setReceiveBufferSize(size: bigint): void {
    if (size === 0n) throw new SocketError('invalid-argument');
  }
  sendBufferSize(): bigint {
    return BigInt(PIPE_BYTES);
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

  #bound(): UdpEndpoint {
    if (this.#bindStarted) throw new SocketError('concurrency-conflict');
    if (this.#endpoint === undefined) throw new SocketError('invalid-state');
    return this.#endpoint;
  }
}
