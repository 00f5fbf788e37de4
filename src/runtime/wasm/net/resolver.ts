/**
 * Names into addresses, as a libc does it that finds CoreDNS at the name server of its resolv.conf: first
 * `/etc/hosts`, then the zone of the cluster through the search paths, then what is beyond the pods' network.
 */
import type { DnsRecord, ServiceNetwork } from '../../../api/service-network.ts';
import { parseIpv4 } from './address.ts';
import type { Outside } from './outside.ts';
import { failed, known, type Pending } from './pending.ts';
import type { NetPod } from './pod-net.ts';

/** resolv.conf(5): fewer dots than this, and the search paths come first. */
const DEFAULT_NDOTS = 1;
const ALIAS_LIMIT = 8;
const LONGEST_NAME = 253;

const NO_ZONE: ServiceNetwork['dns'] = { server: '', domain: '', namespaces: [], records: [] };

export class Resolver {
  readonly #outside: Outside | undefined;
  #zone = NO_ZONE;
  #records = new Map<string, DnsRecord>();

  constructor(outside: Outside | undefined) {
    this.#outside = outside;
  }

  update({ dns }: ServiceNetwork): void {
    this.#zone = dns;
    this.#records = new Map(dns.records.map((record) => [record.name, record]));
  }

  /** Where `name` is for a pod: IPv4 addresses, at least one. */
  lookUp(pod: NetPod, name: string): Pending<readonly string[]> {
    if (name.length === 0 || name.length > LONGEST_NAME + 1) return failed('invalid-argument');
    const wanted = name.toLowerCase();
    const near = parseIpv4(name) === undefined ? pod.addressOf(wanted) : name;
    if (near !== undefined && parseIpv4(near) !== undefined) return known([near]);
    const { servers, searches, ndots } = readResolvConf(pod.resolvConf);
    if (servers.includes(this.#zone.server)) {
      for (const candidate of candidates(wanted, searches, ndots)) {
        const found = this.#inZone(candidate);
        if (found !== undefined) return found;
      }
    }
    return this.#beyond(wanted);
  }

  /** Whether a name, if anybody has it, is not the cluster's: it has a dot and another domain. */
  isBeyond(name: string): boolean {
    const absolute = name.toLowerCase().replace(/\.$/, '');
    return (
      /[^.]\.[a-z]/.test(absolute) &&
      !absolute.endsWith('.localhost') &&
      !/\.svc(?:\.|$)/.test(absolute) &&
      !this.#isOfZone(absolute)
    );
  }

  /** Undefined when the zone does not have the name. */
  #inZone(name: string): Pending<readonly string[]> | undefined {
    let current = name;
    for (let steps = 0; steps < ALIAS_LIMIT; steps++) {
      const record = this.#records.get(current);
      if (record?.alias !== undefined) {
        current = record.alias;
        if (!this.#isOfZone(current)) return this.#beyond(current);
        continue;
      }
      const addresses = record?.addresses ?? this.#ofPod(current);
      return addresses.length > 0 ? known(addresses) : undefined;
    }
    return undefined;
  }

  /** CoreDNS' `pods insecure`: the address stands in the name, whether anybody has it or not. */
  #ofPod(name: string): readonly string[] {
    const suffix = `.pod.${this.#zone.domain}`;
    if (!name.endsWith(suffix)) return [];
    const [dashed = '', namespace = '', ...rest] = name.slice(0, -suffix.length).split('.');
    const ip = dashed.replaceAll('-', '.');
    const exists = rest.length === 0 && this.#zone.namespaces.includes(namespace);
    return exists && parseIpv4(ip) !== undefined ? [ip] : [];
  }

  #isOfZone(name: string): boolean {
    return name === this.#zone.domain || name.endsWith(`.${this.#zone.domain}`);
  }

  #beyond(name: string): Pending<readonly string[]> {
    const absolute = name.replace(/\.$/, '');
    const isLocal = absolute.endsWith('.localhost') || (this.#zone.domain !== '' && this.#isOfZone(absolute));
    if (isLocal || this.#outside === undefined) return failed('name-unresolvable');
    return this.#outside.resolve(absolute);
  }
}

/** In the order in which a libc asks for them. */
function candidates(name: string, searches: readonly string[], ndots: number): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = searches.filter((domain) => domain !== '.').map((domain) => `${name}.${domain}`);
  const dots = name.split('.').length - 1;
  return dots >= ndots ? [name, ...searched] : [...searched, name];
}

interface ResolvConf {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly ndots: number;
}

function readResolvConf(text: string): ResolvConf {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const of = (word: string) => lines.filter(([first]) => first === word).map(([, ...rest]) => rest);
  const ndots = of('options')
    .flat()
    .map((option) => /^ndots:(\d{1,2})$/.exec(option)?.[1])
    .findLast((value) => value !== undefined);
  return {
    servers: of('nameserver').map(([server = '']) => server),
    searches: (of('search').at(-1) ?? []).map((domain) => domain.toLowerCase()),
    ndots: ndots === undefined ? DEFAULT_NDOTS : Number(ndots),
  };
}
