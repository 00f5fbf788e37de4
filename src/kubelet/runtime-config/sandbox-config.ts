/** The sandbox as the runtime is asked for it. */
import type { HostAlias, PodSandboxConfig, PortMapping } from '../../api/cri.ts';
import { LABEL } from '../../api/cri.ts';
import type { Pod } from '../../api/types.ts';
import { podLogDirectory } from '../paths.ts';
import { allContainers } from '../pod-spec.ts';

/** kuberuntime_sandbox.go generatePodSandboxConfig; `attempt` counts the pod's sandboxes from 0. */
export function sandboxConfigOf(pod: Pod, attempt: number): PodSandboxConfig {
  const { metadata, spec } = pod;
  const hostNetwork = spec.hostNetwork === true;
  return {
    metadata: { name: metadata.name, uid: metadata.uid, namespace: metadata.namespace, attempt },
    // A host name is a DNS label: what is longer is cut (util.TruncatePodHostnameIfNeeded).
    hostname: hostNetwork ? '' : (spec.hostname ?? metadata.name).slice(0, 63).replace(/[-.]+$/, ''),
    logDirectory: podLogDirectory(pod),
    portMappings: hostNetwork ? [] : portMappingsOf(pod),
    labels: { ...metadata.labels, ...podLabels(pod) },
    annotations: metadata.annotations ?? {},
    hostNetwork,
    sharedProcessNamespace: spec.shareProcessNamespace === true,
    ...(spec.hostAliases?.length ? { hostAliases: hostAliasesOf(spec.hostAliases) } : {}),
  };
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
