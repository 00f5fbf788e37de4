/** `wasi:sockets/tcp`. What a call is answered in a state where it makes no sense is wasmtime's choice too. */
import { ANY, type SocketAddress, socketAddress, unicast } from '../net/address.ts';
import type { ConnectionEnd } from '../net/connection.ts';
import type { Listener } from '../net/listener.ts';
import { type Pending, whenKnown } from '../net/pending.ts';
import type { Process } from '../process/process.ts';
import { PIPE_BYTES } from './bytes.ts';
import { Pollable } from './poll.ts';
import { SocketError, type SocketErrorCode } from './result.ts';
import { InputStream, OutputStream } from './streams.ts';
import { ConnectionStreams } from './tcp-streams.ts';

interface Connection {
  readonly end: ConnectionEnd;
  readonly streams: ConnectionStreams;
}

type State =
  | { readonly name: 'unbound' }
  | { readonly name: 'binding' | 'bound'; readonly ip: string; readonly port: number }
  | { readonly name: 'connecting'; readonly pending: Pending<ConnectionEnd> }
  | { readonly name: 'listenStarted' | 'listening'; readonly listener: Listener }
  | ({ readonly name: 'connected' } & Connection)
  | { readonly name: 'closed' };

interface Options {
  readonly keepAlive: boolean;
  readonly idleNs: bigint;
  readonly intervalNs: bigint;
  readonly count: number;
  readonly hopLimit: number;
}

/** Linux's. They can be set and read; in a network without losses they change nothing. */
const DEFAULTS: Options = {
  keepAlive: false,
  idleNs: 7_200_000_000_000n,
  intervalNs: 75_000_000_000n,
  count: 9,
  hopLimit: 64,
};

export class TcpSocket {
  readonly process: Process;
  readonly #release: () => void;
  #state: State = { name: 'unbound' };
  #options = DEFAULTS;
  #backlog: number | undefined;

  constructor(process: Process, accepted?: Connection & { readonly options: Options }) {
    this.process = process;
    if (accepted !== undefined) {
      const { end, streams, options } = accepted;
      this.#state = { name: 'connected', end, streams };
      this.#options = options;
    }
    this.#release = process.own(() => this.#close());
  }

  startBind(_network: unknown, address: SocketAddress): void {
    this.process.hostCall();
    const { pod } = this.process.container;
    if (this.#state.name === 'binding') throw new SocketError('concurrency-conflict');
    if (this.#state.name !== 'unbound') throw new SocketError('invalid-state');
    const { ip, port: wanted } = unicast(address);
    if (!pod.mayBind(ip)) throw new SocketError('address-not-bindable');
    const port = wanted === 0 ? pod.freePort((used) => pod.listeners.has(used)) : wanted;
    if (pod.listeners.has(port)) throw new SocketError('address-in-use');
    this.#state = { name: 'binding', ip, port };
  }

  finishBind(): void {
    if (this.#state.name !== 'binding') throw new SocketError('not-in-progress');
    this.#state = { ...this.#state, name: 'bound' };
  }

  startConnect(_network: unknown, address: SocketAddress): void {
    this.process.hostCall();
    const { name } = this.#state;
    if (name === 'connecting' || name === 'binding') throw new SocketError('concurrency-conflict');
    if (name !== 'unbound' && name !== 'bound') throw new SocketError('invalid-state');
    const { ip, port } = unicast(address);
    if (ip === ANY || port === 0) throw new SocketError('invalid-argument');
    const { container } = this.process;
    const pending = container.world.net.dial(container.pod, ip, port);
    if (pending.outcome === 'access-denied') container.denied(ip, port);
    this.#state = { name: 'connecting', pending };
  }

  finishConnect(): [InputStream, OutputStream] {
    this.process.hostCall();
    if (this.#state.name !== 'connecting') throw new SocketError('not-in-progress');
    const { outcome } = this.#state.pending;
    if (outcome === undefined) throw new SocketError('would-block');
    if (typeof outcome === 'string') {
      this.#state = { name: 'closed' };
      throw new SocketError(outcome);
    }
    const streams = new ConnectionStreams(outcome);
    this.#state = { name: 'connected', end: outcome, streams };
    return this.#streams(streams);
  }

  startListen(): void {
    this.process.hostCall();
    const state = this.#state;
    if (state.name === 'binding' || state.name === 'listenStarted')
      throw new SocketError('concurrency-conflict');
    if (state.name !== 'bound') throw new SocketError('invalid-state');
    const { world, pod } = this.process.container;
    const listener = world.net.listen(pod, state.ip, state.port);
    if (this.#backlog !== undefined) listener.setBacklog(this.#backlog);
    this.#state = { name: 'listenStarted', listener };
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
    const streams = new ConnectionStreams(end);
    return [new TcpSocket(this.process, { end, streams, options: this.#options }), ...this.#streams(streams)];
  }

  localAddress(): SocketAddress {
    const state = this.#state;
    switch (state.name) {
      case 'bound':
        return socketAddress(state.ip, state.port);
      case 'listening':
      case 'listenStarted':
        return socketAddress(state.listener.ip, state.listener.port);
      case 'connected':
        return socketAddress(state.end.local.ip, state.end.local.port);
      case 'binding':
      case 'connecting':
        throw new SocketError('concurrency-conflict');
      default:
        throw new SocketError('invalid-state');
    }
  }

  remoteAddress(): SocketAddress {
    if (this.#state.name === 'connecting') throw new SocketError('concurrency-conflict');
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
    positive(size);
    const state = this.#state;
    if (state.name === 'connecting' || state.name === 'connected' || state.name === 'closed')
      throw new SocketError('invalid-state');
    this.#backlog = Number(size);
    if ('listener' in state) state.listener.setBacklog(this.#backlog);
  }

  keepAliveEnabled(): boolean {
    return this.#options.keepAlive;
  }
  setKeepAliveEnabled(keepAlive: boolean): void {
    this.#set({ keepAlive });
  }
  keepAliveIdleTime(): bigint {
    return this.#options.idleNs;
  }
  setKeepAliveIdleTime(idleNs: bigint): void {
    this.#set({ idleNs: wholeSeconds(idleNs) });
  }
  keepAliveInterval(): bigint {
    return this.#options.intervalNs;
  }
  setKeepAliveInterval(intervalNs: bigint): void {
    this.#set({ intervalNs: wholeSeconds(intervalNs) });
  }
  keepAliveCount(): number {
    return this.#options.count;
  }
  setKeepAliveCount(count: number): void {
    this.#set({ count: Math.min(positive(count), MOST_PROBES) });
  }
  hopLimit(): number {
    return this.#options.hopLimit;
  }
  setHopLimit(hopLimit: number): void {
    this.#set({ hopLimit: positive(hopLimit) });
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
    const state = () => this.#state;
    return new Pollable(this.process, {
      isReady: () => this.#isReady(),
      get queue() {
        const now = state();
        if (now.name === 'connecting') return now.pending.settled;
        return 'listener' in now ? now.listener.acceptable : undefined;
      },
    });
  }

  #isReady(): boolean {
    const state = this.#state;
    if (state.name === 'connecting') return state.pending.outcome !== undefined;
    if (state.name === 'listenStarted') return state.listener.opened;
    if (state.name === 'listening') return state.listener.pending > 0 || state.listener.closed;
    return true;
  }

  shutdown(type: 'receive' | 'send' | 'both'): void {
    this.process.hostCall();
    if (this.#state.name === 'connecting') throw new SocketError('concurrency-conflict');
    if (this.#state.name !== 'connected') throw new SocketError('invalid-state');
    const { streams } = this.#state;
    if (type !== 'receive') streams.shutdownSend();
    if (type !== 'send') streams.shutdownReceive();
  }

  [Symbol.dispose](): void {
    this.#release();
  }

  #set(changed: Partial<Options>): void {
    this.#options = { ...this.#options, ...changed };
  }

  #streams({ source, sink }: ConnectionStreams): [InputStream, OutputStream] {
    return [new InputStream(this.process, source), new OutputStream(this.process, sink)];
  }

  #close(): void {
    const state = this.#state;
    this.#state = { name: 'closed' };
    if ('listener' in state) state.listener.close();
    if (state.name === 'connected') state.end.close();
    if (state.name === 'connecting') whenKnown(state.pending, close);
  }
}

const close = (outcome: ConnectionEnd | SocketErrorCode) => {
  if (typeof outcome !== 'string') outcome.close();
};

/** As Linux's MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL, MAX_TCP_KEEPCNT. */
const MOST_SECONDS = 32_767n;
const MOST_PROBES = 127;
const SECOND_NS = 1_000_000_000n;

/** Rounded up, and no more than the kernel takes. */
function wholeSeconds(durationNs: bigint): bigint {
  const seconds = (positive(durationNs) + SECOND_NS - 1n) / SECOND_NS;
  return (seconds > MOST_SECONDS ? MOST_SECONDS : seconds) * SECOND_NS;
}

function positive<T extends number | bigint>(value: T): T {
  if (value <= 0) throw new SocketError('invalid-argument');
  return value;
}
