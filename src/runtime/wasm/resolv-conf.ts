/** `/etc/resolv.conf`, as a runtime writes it from CRI's DNSConfig. */
import type { DnsConfig } from '../../api/cri.ts';

/** Names are the host's to look up (net/resolver.ts): a server's address says whether the cluster's zone is seen. */
export function resolvConf(
  { servers, searches, options }: DnsConfig = { servers: [], searches: [], options: [] },
): string {
  return [
    '# The sandbox itself looks names up, as CoreDNS would; nothing else answers at a name server here.',
    ...(searches.length === 0 ? [] : [`search ${searches.join(' ')}`]),
    ...servers.map((server) => `nameserver ${server}`),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
    '',
  ].join('\n');
}
