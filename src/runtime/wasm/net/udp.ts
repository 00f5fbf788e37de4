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
const TRANSLATION_LIMIT = 256;

export class UdpEndpoint {
  readonly ip: string;
  readonly port: number;
  readonly receivable = new WaitQueue();
  readonly #queue: Datagram[] = [];
  /** By who answers: as whom it was addressed, a Service. */
  readonly #translations = new Map<string, Peer>();

  constructor(ip: string, port: number) {
    this.ip = ip;
    this.port = port;
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

  offer({ data, from }: Datagram): void {
    if (this.#queue.length >= QUEUE_LIMIT) return;
    this.#queue.push({ data, from: this.#translations.get(`${from.ip}:${from.port}`) ?? from });
    this.receivable.notify();
  }

  take(): Datagram | undefined {
    return this.#queue.shift();
  }
}
