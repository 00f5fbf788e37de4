/** One place beyond the pods' network where guests may go: `example.com:443`, `*.example.com`, `10.1.0.0/16`, `*`. */
import { type Ipv4, parseIpv4 } from './address.ts';

export interface EgressRule {
  /** `host`: a name or an address. */
  allows(host: string, port: number): boolean;
  /** Whether a name could be allowed at some port, so that it may be looked up. */
  isAbout(name: string): boolean;
}

const NAME = /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.?$/;

/** Undefined when the text is none. */
export function parseEgressRule(text: string): EgressRule | undefined {
  const [, host = '', portText] = /^([^:]+)(?::(\d{1,5}))?$/.exec(text.trim().toLowerCase()) ?? [];
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  const matches = hostMatcher(host);
  if (matches === undefined) return undefined;
  return {
    allows: (other, otherPort) => (port === undefined || port === otherPort) && matches(other.toLowerCase()),
    isAbout: (name) => matches(name.toLowerCase()),
  };
}

function hostMatcher(host: string): ((other: string) => boolean) | undefined {
  if (host === '*') return () => true;
  const [address = '', bits = '32', ...rest] = host.split('/');
  const network = parseIpv4(address);
  if (network !== undefined) {
    if (rest.length > 0 || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return undefined;
    return (other) => {
      const ip = parseIpv4(other);
      return ip !== undefined && prefix(ip, Number(bits)) === prefix(network, Number(bits));
    };
  }
  if (!NAME.test(host) || /^[\d.]+$/.test(host)) return undefined;
  const bare = (name: string) => name.replace(/\.$/, '');
  const wanted = bare(host);
  if (wanted.startsWith('*.')) return (other) => bare(other).endsWith(wanted.slice(1));
  return (other) => bare(other) === wanted;
}

const prefix = ([a, b, c, d]: Ipv4, bits: number) =>
  bits === 0 ? 0 : Math.floor((a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) / 2 ** (32 - bits));
