/** A listening socket of a pod, and who waits there to be accepted. */
import { WaitQueue } from '../scheduler/wait-queue.ts';
import type { ConnectionEnd } from './connection.ts';
import type { NetPod } from './pod-net.ts';

/** As Linux's somaxconn of old. */
const BACKLOG = 128;

export class Listener {
  readonly pod: NetPod;
  readonly ip: string;
  readonly port: number;
  /** Notified when someone connects, when it is open on the host too, and when it closes. */
  readonly acceptable = new WaitQueue();
  /** False while the host still opens it. */
  opened = true;
  readonly #queue: ConnectionEnd[] = [];
  #backlog = BACKLOG;
  closed = false;

  constructor(pod: NetPod, ip: string, port: number) {
    this.pod = pod;
    this.ip = ip;
    this.port = port;
  }

  get pending(): number {
    return this.#queue.length;
  }

  /** How many may wait to be accepted; never more than by default. */
  setBacklog(size: number): void {
    this.#backlog = Math.min(size, BACKLOG);
  }

  /** Undefined when nobody has connected. */
  accept(): ConnectionEnd | undefined {
    return this.#queue.shift();
  }

  /** False when the backlog is full. */
  offer(end: ConnectionEnd): boolean {
    if (this.closed || this.#queue.length >= this.#backlog) return false;
    this.#queue.push(end);
    this.acceptable.notify();
    return true;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.pod.listeners.delete(this.port);
    for (const end of this.#queue.splice(0)) end.close();
    this.acceptable.notify();
  }
}
