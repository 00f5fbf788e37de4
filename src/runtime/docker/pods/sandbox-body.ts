/** A pod's sandbox as the Engine is asked for it, as cri-dockerd asks (core/sandbox_helpers.go makeSandboxDockerConfig). */
import type { PodSandboxConfig } from '../../../api/cri.ts';
import type { CreateContainer, HostConfig, PortBinding } from '../engine/types.ts';
import { labelsOf } from './labels.ts';

/** pkg/kubelet/qos/policy.go: the sandbox is the last one to go. */
export const SANDBOX_OOM_SCORE_ADJ = -998;
/** As little as there is. */
const SANDBOX_CPU_SHARES = 2;

/** What the mapping needs beside the config. */
export interface Surroundings {
  readonly owner: string;
  readonly cgroupParent: string;
  /** Nothing may be further away from the kernel's OOM killer than this: below 0 only with CAP_SYS_RESOURCE. */
  readonly leastOomScoreAdj: number;
}

/** The body of the sandbox's creation; `image` is the pause image. */
export function sandboxBody(
  config: PodSandboxConfig,
  image: string,
  { owner, cgroupParent, leastOomScoreAdj }: Surroundings,
): CreateContainer {
  const { hostname, hostNetwork, portMappings, sysctls } = config;
  const ports = portMappings.map(
    ({ containerPort, protocol }) => `${containerPort}/${protocol.toLowerCase()}`,
  );
  return {
    Image: image,
    // With the host's network the name is the host's, too.
    ...(hostNetwork || hostname === '' ? {} : { Hostname: hostname }),
    Labels: labelsOf(owner, 'podsandbox', config, {}),
    Healthcheck: { Test: ['NONE'] },
    ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])),
    HostConfig: {
      NetworkMode: hostNetwork ? 'host' : 'bridge',
      IpcMode: 'shareable',
      CgroupParent: cgroupParent,
      CpuShares: SANDBOX_CPU_SHARES,
      OomScoreAdj: Math.max(SANDBOX_OOM_SCORE_ADJ, leastOomScoreAdj),
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'none', Config: {} },
      SecurityOpt: ['seccomp=unconfined'],
      ...(sysctls === undefined ? {} : { Sysctls: sysctls }),
      ...(hostNetwork ? {} : { PortBindings: portBindings(config) }),
      ...dns(config),
    },
  };
}

/** The mapped ports of the host; those without one stay the pod's own. */
function portBindings({ portMappings }: PodSandboxConfig): Readonly<Record<string, readonly PortBinding[]>> {
  const bindings: Record<string, PortBinding[]> = {};
  for (const { protocol, containerPort, hostPort = 0, hostIP = '' } of portMappings) {
    if (hostPort === 0) continue;
    const key = `${containerPort}/${protocol.toLowerCase()}`;
    bindings[key] = [...(bindings[key] ?? []), { HostIp: hostIP, HostPort: String(hostPort) }];
  }
  return bindings;
}

/** All members share the sandbox's `/etc/resolv.conf`. A single dot keeps the host's own search list out. */
function dns({ dnsConfig }: PodSandboxConfig): HostConfig {
  if (dnsConfig === undefined) return {};
  const { servers, searches, options } = dnsConfig;
  return { Dns: servers, DnsSearch: searches.length === 0 ? ['.'] : searches, DnsOptions: options };
}
