/** `/etc/hosts`, as the kubelet writes it: pkg/kubelet/kubelet_pods.go managedHostsFileContent and nodeHostsFileContent. */
import type { HostAlias } from '../api/cri.ts';

export interface EtcHosts {
  /** Empty: the pod has no address of its own. */
  readonly ip: string;
  /** The full name first. */
  readonly hostNames: readonly string[];
  readonly hostAliases: readonly HostAlias[];
  /** With the host's network: the host's own file, which is kept. */
  readonly hostFile?: string;
}

/** The file's text. */
export function etcHosts({ ip, hostNames, hostAliases, hostFile }: EtcHosts): string {
  const aliases = [
    ...(hostAliases.length === 0 ? [] : ['', '# Entries added by HostAliases.']),
    ...hostAliases.map((alias) => [alias.ip, ...alias.hostnames].join('\t')),
    '',
  ];
  if (hostFile !== undefined)
    return `# Kubernetes-managed hosts file (host network).\n${hostFile}${aliases.join('\n')}`;
  return [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::\tip6-localnet',
    'fe00::\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    ...(ip === '' ? [] : [[ip, ...hostNames].join('\t')]),
    ...aliases,
  ].join('\n');
}
