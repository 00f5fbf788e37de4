/** Sysctls: those that are safe for the neighbours, and those that the node's owner allows (pkg/kubelet/sysctl). */
import type { Pod } from '../../api/types.ts';
import type { Rejection } from './failure.ts';

/** safe_sysctls.go, for a kernel that knows them all. */
const SAFE = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
];

/** Which of the pod's namespaces a sysctl belongs to (component-helpers node/util/sysctl NamespacedBy). */
function namespaceOf(sysctl: string): 'ipc' | 'net' | undefined {
  if (sysctl === 'kernel.sem' || /^(kernel\.shm|kernel\.msg|fs\.mqueue\.)/.test(sysctl)) return 'ipc';
  return sysctl.startsWith('net.') ? 'net' : undefined;
}

/** `net/ipv4/x` and `net.ipv4.x` are the same; dots within a part become slashes (ConvertSysctlVariableToDotsSeparator). */
export function withDots(name: string): string {
  const separator = /[./]/.exec(name)?.[0];
  if (separator !== '/') return name;
  return name.replaceAll(/[./]/g, (one) => (one === '/' ? '.' : '/'));
}

function isListed(sysctl: string, allowed: readonly string[]): boolean {
  return [...SAFE, ...allowed.map(withDots)].some((pattern) =>
    pattern.endsWith('*') ? sysctl.startsWith(pattern.slice(0, -1)) : sysctl === pattern,
  );
}

/**
 * The first sysctl of the pod that it may not set (allowlist.go Admit).
 * @param allowed `allowedUnsafeSysctls` of the configuration: names, or patterns that end in `*`.
 */
export function forbiddenSysctl({ spec }: Pod, allowed: readonly string[]): Rejection | undefined {
  for (const { name } of spec.securityContext?.sysctls ?? []) {
    const sysctl = withDots(name);
    const refused = (why: string) => ({
      reason: 'SysctlForbidden',
      message: `forbidden sysctl: "${sysctl}" ${why}`,
    });
    if (!isListed(sysctl, allowed)) return refused('not allowlisted');
    const namespace = namespaceOf(sysctl);
    const shared = namespace === 'ipc' ? spec.hostIPC : namespace === 'net' && spec.hostNetwork;
    if (shared === true) return refused(`not allowed with host ${namespace} enabled`);
  }
  return undefined;
}
