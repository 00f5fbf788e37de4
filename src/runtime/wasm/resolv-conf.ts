/** `/etc/resolv.conf`, as a runtime writes it from CRI's DNSConfig. */
import type { DnsConfig } from '../../api/cri.ts';

/** Names outside the pod resolve nowhere here: the servers that stand in it are nobody's. */
export function resolvConf(
  { servers, searches, options }: DnsConfig = { servers: [], searches: [], options: [] },
): string {
  return [
    '# Nothing answers at a name server here: names outside this pod do not resolve.',
    ...(searches.length === 0 ? [] : [`search ${searches.join(' ')}`]),
    ...servers.map((server) => `nameserver ${server}`),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
    '',
  ].join('\n');
}
