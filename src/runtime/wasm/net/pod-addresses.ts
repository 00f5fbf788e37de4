/** Gives pods their addresses: in virtual time of the pod range 10.244.0.0/16, with wall time of the host's loopback. */
import net from 'node:net';
import { RuntimeError } from '../../port.ts';

/** The first half of every address that a pod has in virtual time. */
const POD_RANGE = '10.244.';

/** Whether a pod could have this address, whether it has one or not. */
export function isPodAddress(ip: string): boolean {
  return ip.startsWith(POD_RANGE);
}

/** Listening on it at `127.77.n.1` claims 127.77.n.0/24 for one runtime on this machine. */
const CLAIM_PORT = 47_077;
const SUBNETS = 255;
const FIRST_HOST = 2;
const LAST_HOST = 254;

export interface PodAddresses {
  /** Throws RuntimeError when all are taken. */
  take(): string;
  free(ip: string): void;
  close(): void;
}

class Range implements PodAddresses {
  readonly #prefix: string;
  readonly #hosts: number;
  readonly #taken = new Set<string>();
  readonly #closed: () => void;
  #next = 0;

  /** `prefix` is `a.b.` with `hosts` over the last two numbers, or `a.b.c.`. */
  constructor(prefix: string, hosts: number, closed: () => void) {
    this.#prefix = prefix;
    this.#hosts = hosts;
    this.#closed = closed;
  }

  take(): string {
    for (let tries = 0; tries < this.#hosts; tries++) {
      const ip = this.#address(this.#next);
      this.#next = (this.#next + 1) % this.#hosts;
      if (this.#taken.has(ip)) continue;
      this.#taken.add(ip);
      return ip;
    }
    throw new RuntimeError(
      'Unknown',
      'failed to allocate for range 0: no IP addresses available in range set',
    );
  }

  free(ip: string): void {
    this.#taken.delete(ip);
  }

  close(): void {
    this.#closed();
  }

  #address(index: number): string {
    const perSubnet = LAST_HOST - FIRST_HOST + 1;
    const host = FIRST_HOST + (index % perSubnet);
    if (this.#hosts <= perSubnet) return `${this.#prefix}${host}`;
    return `${this.#prefix}${Math.floor(index / perSubnet)}.${host}`;
  }
}

/** Where the host does not have the pods' addresses they are reachable for pods and probes, not from the host. */
export async function podAddresses(clock: 'virtual' | 'wall', onHost: boolean): Promise<PodAddresses> {
  const perSubnet = LAST_HOST - FIRST_HOST + 1;
  if (clock === 'virtual' || !onHost) return new Range(POD_RANGE, SUBNETS * perSubnet, () => {});
  for (let subnet = 0; subnet < SUBNETS; subnet++) {
    const server = await claim(`127.77.${subnet}.1`);
    if (server !== undefined) return new Range(`127.77.${subnet}.`, perSubnet, () => server.close());
  }
  throw new RuntimeError('Unavailable', 'every 127.77.n.0/24 is claimed by another podstep on this machine');
}

function claim(host: string): Promise<net.Server | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen({ host, port: CLAIM_PORT, exclusive: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}
