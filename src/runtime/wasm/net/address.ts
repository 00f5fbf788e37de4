/** IPv4 addresses as WASI gives them and as people write them. Pods have IPv4 addresses only. */
import { SocketError } from '../host/result.ts';

export type Ipv4 = readonly [number, number, number, number];

export interface Ipv4SocketAddress {
  readonly port: number;
  readonly address: Ipv4;
}

export type SocketAddress =
  | { readonly tag: 'ipv4'; readonly val: Ipv4SocketAddress }
  | { readonly tag: 'ipv6'; readonly val: { readonly port: number } };

/** `10.244.0.7` */
export const textOf = (address: Ipv4): string => address.join('.');

/** Undefined when the text is no IPv4 address. */
export function parseIpv4(text: string): Ipv4 | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const [a = 256, b = 256, c = 256, d = 256] = match.slice(1).map(Number);
  return Math.max(a, b, c, d) <= 255 ? [a, b, c, d] : undefined;
}

/** As WASI gives it to a guest; what is no IPv4 address becomes 0.0.0.0. */
export function socketAddress(ip: string, port: number): SocketAddress {
  return { tag: 'ipv4', val: { port, address: parseIpv4(ip) ?? [0, 0, 0, 0] } };
}

/** What a socket may be bound or connected to. @throws SocketError for IPv6, multicast and broadcast. */
export function unicast(address: SocketAddress): { readonly ip: string; readonly port: number } {
  if (address.tag !== 'ipv4') throw new SocketError('invalid-argument');
  const [first] = address.val.address;
  const ip = textOf(address.val.address);
  if ((first >= 224 && first < 240) || ip === '255.255.255.255') throw new SocketError('invalid-argument');
  return { ip, port: address.val.port };
}

export const ANY = '0.0.0.0';
/** A pod's own loopback is 127.0.0.0/24: with wall time pods have addresses of 127.77.0.0/16. */
export const isLoopback = (ip: string) => ip.startsWith('127.0.0.');
