/**
 * What lies beyond the pods' network: nothing, unless a run was told where its guests may go (`--egress`), and
 * with wall time alone: in virtual time an answer from outside would come at no instant of the guests' clock.
 */
import dns from 'node:dns';
import net from 'node:net';
import tls from 'node:tls';
import { BytePipe } from '../host/bytes.ts';
import type { SocketErrorCode } from '../host/result.ts';
import { parseIpv4 } from './address.ts';
import { join } from './bridge.ts';
import { type ConnectionEnd, connectionEnd } from './connection.ts';
import { type EgressRule, parseEgressRule } from './egress-rule.ts';
import { Awaited, failed, type Pending } from './pending.ts';

/** Undefined where nothing is allowed, and in virtual time. Rules that are none are left out: who took them has said so. */
export function outsideOf(options: {
  readonly clock: 'virtual' | 'wall';
  readonly egress: readonly string[];
}): Outside | undefined {
  const rules = options.egress.map(parseEgressRule).filter((rule) => rule !== undefined);
  return options.clock === 'wall' && rules.length > 0 ? new Outside(rules) : undefined;
}

const CODES: Readonly<Record<string, SocketErrorCode>> = {
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-reset',
  EHOSTUNREACH: 'remote-unreachable',
  ENETUNREACH: 'remote-unreachable',
  ETIMEDOUT: 'timeout',
};

/** Addresses that allowed names have resolved to, so that a socket may go there. */
const NAMED_LIMIT = 4096;
/** Look-ups at once: each holds one of the few threads on which this process also reads its files. */
const LOOKUP_LIMIT = 16;

/**
 * This machine itself, or its link (where clouds have their metadata): who owns a name could point it there, so that a rule
 * about the name would open it (DNS rebinding). A rule about the address opens it all the same.
 */
export const isNear = (ip: string): boolean => /^(?:0|127|169\.254)\./.test(ip);

export class Outside {
  readonly #rules: readonly EgressRule[];
  /** By address: the names that a look-up has found there. */
  readonly #named = new Map<string, string>();
  #lookUps = 0;

  constructor(rules: readonly EgressRule[]) {
    this.#rules = rules;
  }

  /** `host`: a name or an address. */
  allows(host: string, port: number): boolean {
    const name = this.#named.get(host);
    return this.#rules.some(
      (rule) => rule.allows(host, port) || (name !== undefined && rule.allows(name, port)),
    );
  }

  /** Whether some rule is about a name, so that it may be looked up. */
  isAbout(name: string): boolean {
    return this.#rules.some((rule) => rule.isAbout(name));
  }

  /** Asks this machine's resolver, for names that some rule is about. */
  resolve(name: string): Pending<readonly string[]> {
    if (!this.isAbout(name)) return failed('name-unresolvable');
    if (this.#lookUps >= LOOKUP_LIMIT) return failed('temporary-resolver-failure');
    this.#lookUps++;
    const answer = new Awaited<readonly string[]>();
    dns.lookup(name, { family: 4, all: true }, (error, found) => {
      this.#lookUps--;
      const addresses = error === null ? found.map(({ address }) => address) : [];
      for (const address of addresses) {
        if (!isNear(address) && this.#named.size < NAMED_LIMIT) this.#named.set(address, name);
      }
      answer.settle(addresses.length > 0 ? addresses : 'name-unresolvable');
    });
    return answer;
  }

  /** Connects, with TLS when `serverName` says as whom the other side has to prove itself. */
  connect(
    local: ConnectionEnd['local'],
    remote: ConnectionEnd['remote'],
    serverName?: string,
  ): Pending<ConnectionEnd> {
    const answer = new Awaited<ConnectionEnd>();
    const target = { host: remote.ip, port: remote.port, allowHalfOpen: true };
    const isName = serverName !== undefined && parseIpv4(serverName) === undefined;
    const socket =
      serverName === undefined
        ? net.connect(target)
        : tls.connect({ ...target, ...(isName && { servername: serverName }) });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      answer.settle(CODES[error.code ?? ''] ?? (serverName === undefined ? 'remote-unreachable' : 'unknown'));
      socket.destroy();
    });
    socket.once(serverName === undefined ? 'connect' : 'secureConnect', () => {
      const [there, back] = [new BytePipe(), new BytePipe()];
      join(socket, connectionEnd(there, back, remote, local));
      answer.settle(connectionEnd(back, there, local, remote));
    });
    return answer;
  }
}
