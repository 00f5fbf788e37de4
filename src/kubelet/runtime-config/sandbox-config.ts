/** The sandbox as the runtime is asked for it. */
import type { HostAlias, PodSandboxConfig, PortMapping } from '../../api/cri.ts';
import { LABEL } from '../../api/cri.ts';
import type { KubeletConfiguration } from '../../api/kubelet-configuration/fields.ts';
import type { Pod } from '../../api/types.ts';
import { withDots } from '../admission/sysctls.ts';
import { podLogDirectory } from '../paths.ts';
import { allContainers } from '../pod-spec.ts';
import { linuxPodResources } from '../resources/pod.ts';
import { type DnsEvents, podDns } from './dns.ts';
import { podHostname } from './hostname.ts';

/** A sandbox that can be asked for, with what is to be told of it; or why there is none. */
export type SandboxConfig = (DnsEvents & { readonly config: PodSandboxConfig }) | { readonly error: string };

/** kuberuntime_sandbox.go generatePodSandboxConfig; `attempt` counts the pod's sandboxes from 0. */
export function sandboxConfigOf(pod: Pod, attempt: number, config: KubeletConfiguration): SandboxConfig {
  const { metadata, spec } = pod;
  const hostNetwork = spec.hostNetwork === true;
  const named = podHostname(pod, config.clusterDomain);
  if ('error' in named) return named;
  const { dns, ...told } = podDns(pod, config);
  const sandbox = {
    metadata: { name: metadata.name, uid: metadata.uid, namespace: metadata.namespace, attempt },
    hostname: hostNetwork ? '' : named.hostname,
    hostNames: named.hostNames,
    dnsConfig: dns,
    logDirectory: podLogDirectory(pod, config),
    portMappings: hostNetwork ? [] : portMappingsOf(pod),
    labels: { ...metadata.labels, ...podLabels(pod) },
    annotations: metadata.annotations ?? {},
    hostNetwork,
    sharedProcessNamespace: spec.shareProcessNamespace === true,
    resources: linuxPodResources(pod, config),
    ...(spec.hostAliases?.length ? { hostAliases: hostAliasesOf(spec.hostAliases) } : {}),
    ...(spec.securityContext?.sysctls?.length ? { sysctls: sysctlsOf(spec.securityContext.sysctls) } : {}),
  };
  return { config: sandbox, ...told };
}

/** component-helpers/node/util/sysctl ConvertPodSysctlsVariableToDotsSeparator. */
function sysctlsOf(sysctls: NonNullable<NonNullable<Pod['spec']['securityContext']>['sysctls']>) {
  return Object.fromEntries(sysctls.map(({ name, value }) => [withDots(name), value]));
}

function hostAliasesOf(aliases: NonNullable<Pod['spec']['hostAliases']>): HostAlias[] {
  return aliases.map(({ ip, hostnames = [] }) => ({ ip, hostnames }));
}

/** The labels by which a kubelet finds a pod's sandboxes and containers again. */
export function podLabels({ metadata }: Pod): Record<string, string> {
  return {
    [LABEL.podName]: metadata.name,
    [LABEL.podNamespace]: metadata.namespace,
    [LABEL.podUid]: metadata.uid,
  };
}

function portMappingsOf(pod: Pod): PortMapping[] {
  return allContainers(pod).flatMap(({ ports }) =>
    (ports ?? []).map(({ protocol, containerPort, hostPort, hostIP }) => ({
      protocol: (protocol ?? 'TCP') as PortMapping['protocol'],
      containerPort,
      ...(hostPort === undefined ? {} : { hostPort }),
      ...(hostIP === undefined ? {} : { hostIP }),
    })),
  );
}
