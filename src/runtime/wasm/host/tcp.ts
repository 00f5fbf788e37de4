/** `wasi:sockets/tcp`. */
import { type SocketAddress, socketAddress, textOf } from '../net/address.ts';
import type { ConnectionEnd, Listener } from '../net/pod-net.ts';
import type { Process } from '../process/process.ts';
import { type ByteSource, PIPE_BYTES } from './bytes.ts';
import { Pollable } from './poll.ts';
import { SocketError } from './result.ts';
import { InputStream, OutputStream } from './streams.ts';

type State =
  | { readonly name: 'unbound' }
  | { readonly name: 'binding' | 'bound'; readonly ip: string; readonly port: number }
  | { readonly name: 'connectStarted'; readonly ip: string; readonly port: number }
  | { readonly name: 'listenStarted' | 'listening'; readonly listener: Listener }
  | { readonly name: 'connected'; readonly end: ConnectionEnd }
  | { readonly name: 'closed' };

const KEEP_ALIVE = { enabled: false, idleNs: 7_200_000_000_000n, intervalNs: 75_000_000_000n, count: 9 };
const HOP_LIMIT = 64;

export class TcpSocket {
  readonly process: Process;
  readonly #release: () => void;
  #state: State = { name: 'unbound' };
  #keepAlive = { ...KEEP_ALIVE };
  #hopLimit = HOP_LIMIT;

  constructor(process: Process, end?: ConnectionEnd) {
    this.process = process;
    if (end !== undefined) this.#state = { name: 'connected', end };
    this.#release = process.own(() => this.#close());
  }

  startBind(_network: unknown, address: SocketAddress): void {
    this.process.hostCall();
    const { pod } = this.process.container;
    if (this.#state.name !== 'unbound') throw new SocketError('invalid-state');
    if (address.tag !== 'ipv4') throw new SocketError('invalid-argument');
    const ip = textOf(address.val.address);
    if (!pod.mayBind(ip)) throw new SocketError('address-not-bindable');
    const port = address.val.port === 0 ? pod.freePort((used) => pod.listeners.has(used)) : address.val.port;
    if (pod.listeners.has(port)) throw new SocketError('address-in-use');
    this.#state = { name: 'binding', ip, port };
  }

  finishBind(): void {
    if (this.#state.name !== 'binding') throw new SocketError('not-in-progress');
    this.#state = { ...this.#state, name: 'bound' };
  }

  startConnect(_network: unknown, address: SocketAddress): void {
    this.process.hostCall();
    if (this.#state.name !== 'unbound' && this.#state.name !== 'bound')
      throw new SocketError('invalid-state');
    if (address.tag !== 'ipv4' || address.val.port === 0) throw new SocketError('invalid-argument');
    const ip = textOf(address.val.address);
    const { container } = this.process;
    container.world.net.podAt(container.pod, ip);
    this.#state = { name: 'connectStarted', ip, port: address.val.port };
  }

  finishConnect(): [InputStream, OutputStream] {
    this.process.hostCall();
    const state = this.#state;
    if (state.name !== 'connectStarted') throw new SocketError('not-in-progress');
    this.#state = { name: 'closed' };
    const { world, pod } = this.process.container;
    const end = world.net.connect(pod, state.ip, state.port);
    this.#state = { name: 'connected', end };
    return this.#streams(end);
  }

  startListen(): void {
    this.process.hostCall();
    const state = this.#state;
    if (state.name !== 'bound') throw new SocketError('invalid-state');
    const { world, pod } = this.process.container;
    this.#state = { name: 'listenStarted', listener: world.net.listen(pod, state.ip, state.port) };
  }

  finishListen(): void {
    this.process.hostCall();
    const state = this.#state;
    if (state.name !== 'listenStarted') throw new SocketError('not-in-progress');
    if (!state.listener.opened) throw new SocketError('would-block');
    this.#state = { ...state, name: 'listening' };
  }

  accept(): [TcpSocket, InputStream, OutputStream] {
    this.process.hostCall();
    if (this.#state.name !== 'listening') throw new SocketError('invalid-state');
    const end = this.#state.listener.accept();
    if (end === undefined) throw new SocketError('would-block');
    const socket = new TcpSocket(this.process, end);
    return [socket, ...this.#streams(end)];
  }

  localAddress(): SocketAddress {
    const state = this.#state;
    if (state.name === 'bound') return socketAddress(state.ip, state.port);
    if (state.name === 'listening' || state.name === 'listenStarted')
      return socketAddress(state.listener.ip, state.listener.port);
    if (state.name === 'connected') return socketAddress(state.end.local.ip, state.end.local.port);
    throw new SocketError('invalid-state');
  }

  remoteAddress(): SocketAddress {
    if (this.#state.name !== 'connected') throw new SocketError('invalid-state');
    const { ip, port } = this.#state.end.remote;
    return socketAddress(ip, port);
  }

  isListening(): boolean {
    return this.#state.name === 'listening';
  }

  addressFamily(): 'ipv4' {
    return 'ipv4';
  }

  setListenBacklogSize(size: bigint): void {
    if (size === 0n) throw new SocketError('invalid-argument');
  }

  keepAliveEnabled(): boolean {
    return this.#keepAlive.enabled;
  }
  setKeepAliveEnabled(enabled: boolean): void {
    this.#keepAlive.enabled = enabled;
  }
  keepAliveIdleTime(): bigint {
    return this.#keepAlive.idleNs;
  }
  setKeepAliveIdleTime(idleNs: bigint): void {
    this.#keepAlive.idleNs = positive(idleNs);
  }
  keepAliveInterval(): bigint {
    return this.#keepAlive.intervalNs;
  }
  setKeepAliveInterval(intervalNs: bigint): void {
    this.#keepAlive.intervalNs = positive(intervalNs);
  }
  keepAliveCount(): number {
    return this.#keepAlive.count;
  }
  setKeepAliveCount(count: number): void {
    this.#keepAlive.count = positive(count);
  }
  hopLimit(): number {
    return this.#hopLimit;
  }
  setHopLimit(limit: number): void {
    this.#hopLimit = positive(limit);
  }
  receiveBufferSize(): bigint {
    return BigInt(PIPE_BYTES);
  }
  setReceiveBufferSize(size: bigint): void {
    positive(size);
  }
  sendBufferSize(): bigint {
    return BigInt(PIPE_BYTES);
  }
  setSendBufferSize(size: bigint): void {
    positive(size);
  }

  /** One pollable serves the socket's whole life, so it looks at the state of the moment. */
  subscribe(): Pollable {
    const listener = () => ('listener' in this.#state ? this.#state.listener : undefined);
    return new Pollable(this.process, {
      isReady: () => this.#isReady(),
      get queue() {
        return listener()?.acceptable;
      },
    });
  }

  #isReady(): boolean {
    const state = this.#state;
    if (state.name === 'listenStarted') return state.listener.opened;
    if (state.name === 'listening') return state.listener.pending > 0 || state.listener.closed;
    return true;
  }

  shutdown(type: 'receive' | 'send' | 'both'): void {
    this.process.hostCall();
    if (this.#state.name !== 'connected') throw new SocketError('invalid-state');
    const { end } = this.#state;
    if (type !== 'receive') end.outgoing.release();
    if (type !== 'send') end.incoming.closeReader();
  }

  [Symbol.dispose](): void {
    this.#release();
  }

  #streams(end: ConnectionEnd): [InputStream, OutputStream] {
    const source: ByteSource = {
      read: (length) => end.incoming.read(length),
      isReadable: () => end.incoming.isReadable(),
      readable: end.incoming.readable,
      retain() {},
      release() {},
    };
    const sink = {
      capacity: () => end.outgoing.capacity(),
      write: (bytes: Uint8Array) => end.outgoing.write(bytes),
      writable: end.outgoing.writable,
      retain() {},
      release() {},
    };
    return [new InputStream(this.process, source), new OutputStream(this.process, sink)];
  }

  #close(): void {
    const state = this.#state;
    this.#state = { name: 'closed' };
    if (state.name === 'listening' || state.name === 'listenStarted') state.listener.close();
    if (state.name === 'connected') state.end.close();
  }
}

function positive<T extends number | bigint>(value: T): T {
  if (value <= 0) throw new SocketError('invalid-argument');
  return value;
}
