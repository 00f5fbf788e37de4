/** Where a registry is reached: its servers in the order in which they are asked. */
import { isIP } from 'node:net';
import type { TlsSettings } from './connection.ts';

export type Capability = 'pull' | 'resolve' | 'push';

/** One server that answers for a registry: the registry's own, or a mirror. */
export interface Endpoint extends TlsSettings {
  readonly scheme: 'http' | 'https';
  /** Name and port as in the URL: `localhost:5000`. */
  readonly host: string;
  /** Where its API begins: `/v2`. */
  readonly path: string;
  readonly capabilities: ReadonlySet<Capability>;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Undefined: as the limits say. */
  readonly connectMs?: number;
  /** https is tried, and http when the server does not speak TLS. */
  readonly fallsBackToHttp: boolean;
}

export const ALL_CAPABILITIES: ReadonlySet<Capability> = new Set(['pull', 'resolve', 'push']);

/** The name without its port. */
function nameOf(host: string): string {
  return host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

/** Whether the host is this machine itself. containerd: docker/resolver.go IsLocalhost. */
export function isLoopback(host: string): boolean {
  const name = nameOf(host);
  if (name === 'localhost') return true;
  return isIP(name) === 4 ? name.startsWith('127.') : name === '::1';
}

/**
 * Where a registry is when nothing is configured: https, for Docker Hub another name, and on loopback also plain
 * http and any certificate. containerd: docker/config/hosts.go ConfigureHosts.
 */
export function defaultEndpoint(host: string): Endpoint {
  const endpoint: Endpoint = {
    scheme: 'https',
    host: host === 'docker.io' ? 'registry-1.docker.io' : host,
    path: '/v2',
    capabilities: ALL_CAPABILITIES,
    headers: {},
    authorities: [],
    skipVerify: false,
    fallsBackToHttp: false,
  };
  if (!isLoopback(host)) return endpoint;
  const port = /:(\d+)$/.exec(host)?.[1];
  if (port === '80') return { ...endpoint, scheme: 'http' };
  return { ...endpoint, skipVerify: true, fallsBackToHttp: port !== undefined && port !== '443' };
}
