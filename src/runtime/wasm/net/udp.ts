/** Datagrams between pods, in memory: lost when nobody is bound or when the receiver is behind. */
import { WaitQueue } from '../scheduler/wait-queue.ts';

interface Peer {
  readonly ip: string;
  readonly port: number;
}

export interface Datagram {
  readonly data: Uint8Array;
  readonly from: Peer;
}

export const DATAGRAM_LIMIT_BYTES = 65_507;
const QUEUE_LIMIT = 256;
/** Of one socket, as Linux's net.core.rmem_default. */
const QUEUE_LIMIT_BYTES = 212_992;
/** What a datagram counts for beside its data: one without any takes memory too. */
const OVERHEAD_BYTES = 256;
/** Sockets of one pod: as many as it may have connections. */
export const ENDPOINT_LIMIT = 1024;
/** Of all sockets of one pod, as Linux has net.ipv4.udp_mem for all of a machine. */
const POD_LIMIT_BYTES = 16 << 20;

/** What all sockets of one pod hold for guests that have not received it yet. */
export interface HeldDatagrams {
  bytes: number;
}
const TRANSLATION_LIMIT = 256;

export class UdpEndpoint {
  readonly ip: string;
  readonly port: number;
  readonly receivable = new WaitQueue();
  readonly #held: HeldDatagrams;
  #queue: Datagram[] = [];
  #queuedBytes = 0;
  /** By who answers: as whom it was addressed, a Service. */
  readonly #translations = new Map<string, Peer>();

  /** `held` is its pod's. */
  constructor(ip: string, port: number, held: HeldDatagrams) {
    this.ip = ip;
    this.port = port;
    this.#held = held;
  }

  get pending(): number {
    return this.#queue.length;
  }

  /** What `actual` sends from now on comes from `asked`, as with the kernel's connection tracking. */
  translate(actual: Peer, asked: Peer): void {
    const [oldest] = this.#translations.keys();
    if (this.#translations.size >= TRANSLATION_LIMIT && oldest !== undefined)
      this.#translations.delete(oldest);
    this.#translations.set(`${actual.ip}:${actual.port}`, asked);
  }

  /** Lost when too many wait already, here or in the whole pod. */
  offer({ data, from }: Datagram): void {
    const bytes = data.length + OVERHEAD_BYTES;
    if (this.#queue.length >= QUEUE_LIMIT || this.#queuedBytes + bytes > QUEUE_LIMIT_BYTES) return;
    if (this.#held.bytes + bytes > POD_LIMIT_BYTES) return;
    this.#count(bytes);
    this.#queue.push({ data, from: this.#translations.get(`${from.ip}:${from.port}`) ?? from });
    this.receivable.notify();
  }

  take(): Datagram | undefined {
    const datagram = this.#queue.shift();
    if (datagram !== undefined) this.#count(-datagram.data.length - OVERHEAD_BYTES);
    return datagram;
  }

  /** Nobody will receive what still waits. */
  close(): void {
    this.#count(-this.#queuedBytes);
    this.#queue = [];
  }

  #count(bytes: number): void {
    this.#queuedBytes += bytes;
    this.#held.bytes += bytes;
  }
}
