/** Datagrams between pods, in memory: lost when nobody is bound or when the receiver is behind. */
import { WaitQueue } from '../scheduler/wait-queue.ts';

export interface Datagram {
  readonly data: Uint8Array;
  readonly from: { readonly ip: string; readonly port: number };
}

export const DATAGRAM_LIMIT_BYTES = 65_507;
const QUEUE_LIMIT = 256;

export class UdpEndpoint {
  readonly ip: string;
  readonly port: number;
  readonly receivable = new WaitQueue();
  readonly #queue: Datagram[] = [];

  constructor(ip: string, port: number) {
    this.ip = ip;
    this.port = port;
  }

  get pending(): number {
    return this.#queue.length;
  }

  offer(datagram: Datagram): void {
    if (this.#queue.length >= QUEUE_LIMIT) return;
    this.#queue.push(datagram);
    this.receivable.notify();
  }

  take(): Datagram | undefined {
    return this.#queue.shift();
  }
}
