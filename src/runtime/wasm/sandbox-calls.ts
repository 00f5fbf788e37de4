/** RuntimeService's calls for pod sandboxes: a record here, an address, a pod on the thread. */
import type { LinuxPodResources, PodSandboxConfig } from '../../api/cri.ts';
import { RuntimeError, type RuntimeService } from '../port.ts';
import type { Call } from './calls.ts';
import { removeContainer } from './container-calls.ts';
import type { HostPort } from './net/bridge.ts';
import type { Node } from './node.ts';
import { SandboxRecord } from './records.ts';
import { resolvConf } from './resolv-conf.ts';

type SandboxCalls = Pick<
  RuntimeService,
  | 'runPodSandbox'
  | 'stopPodSandbox'
  | 'removePodSandbox'
  | 'podSandboxStatus'
  | 'listPodSandbox'
  | 'updatePodSandboxResources'
>;

/** As the port describes them. */
export function sandboxCalls(node: Node, call: Call): SandboxCalls {
  return {
    runPodSandbox: (config) => runPodSandbox(node, call, config),
    stopPodSandbox: (sandboxId) => stopPodSandbox(node, call, sandboxId),
    async removePodSandbox(sandboxId) {
      await stopPodSandbox(node, call, sandboxId);
      for (const { id, sandbox } of [...node.containers.values()]) {
        if (sandbox.id === sandboxId) await removeContainer(node, call, id);
      }
      const sandbox = node.sandboxes.get(sandboxId);
      if (sandbox !== undefined) node.tellContainerEvent('CONTAINER_DELETED_EVENT', sandbox, sandboxId);
      node.sandboxes.delete(sandboxId);
    },
    podSandboxStatus: async (sandboxId) => node.sandbox(sandboxId).status(),
    async listPodSandbox(filter = {}) {
      const found = [...node.sandboxes.values()].filter((sandbox) => sandbox.matches(filter));
      return found.map((sandbox) => sandbox.status());
    },
    async updatePodSandboxResources(sandboxId, limits) {
      node.sandbox(sandboxId);
      await call('updatePod', { sandboxId, limits });
    },
  };
}

/** As a new cgroup has them. */
const NO_BOUNDS: LinuxPodResources = {
  memoryLimitBytes: 0,
  cpuShares: 1024,
  cpuQuota: 0,
  cpuPeriod: 100_000,
};

async function runPodSandbox(node: Node, call: Call, config: PodSandboxConfig): Promise<string> {
  const { metadata, hostname, hostNetwork, hostAliases = [], hostNames = [], dnsConfig } = config;
  for (const { config: other } of node.sandboxes.values()) {
    if (other.metadata.uid !== metadata.uid || other.metadata.attempt !== metadata.attempt) continue;
    const name = `${metadata.name}_${metadata.namespace}_${metadata.uid}_${metadata.attempt}`;
    throw new RuntimeError('AlreadyExists', `failed to reserve sandbox name "${name}": name is reserved`);
  }
  if (hostNetwork) {
    const text =
      'hostNetwork: a sandbox of WebAssembly has no way to the network of the host; use the docker runtime';
    throw new RuntimeError('InvalidArgument', text);
  }
  const id = node.options.newId();
  const ip = node.options.addresses.take();
  const record = new SandboxRecord(id, config, ip, node.now());
  node.sandboxes.set(id, record);
  try {
    const { uid, name } = metadata;
    const plan = {
      sandboxId: id,
      podUid: uid,
      ip,
      hostname: hostname || name,
      hostAliases,
      limits: config.resources ?? NO_BOUNDS,
      hostNames: hostNames.length > 0 ? hostNames : [hostname || name],
      resolvConf: resolvConf(dnsConfig),
      hostPorts: hostPortsOf(config),
    };
    await call('startPod', plan);
    node.tellContainerEvent('CONTAINER_CREATED_EVENT', record, id);
    node.tellContainerEvent('CONTAINER_STARTED_EVENT', record, id);
  } catch (error) {
    node.sandboxes.delete(id);
    node.options.addresses.free(ip);
    throw error;
  }
  return id;
}

/** Those that are TCP's: of datagrams none come from this machine. */
function hostPortsOf({ portMappings }: PodSandboxConfig): readonly HostPort[] {
  return portMappings.flatMap(({ protocol, hostPort = 0, hostIP = '', containerPort }) =>
    protocol === 'TCP' && hostPort > 0 ? [{ ip: hostIP, hostPort, containerPort }] : [],
  );
}

async function stopPodSandbox(node: Node, call: Call, sandboxId: string): Promise<void> {
  const sandbox = node.sandboxes.get(sandboxId);
  if (sandbox === undefined || sandbox.state === 'SANDBOX_NOTREADY') return;
  sandbox.state = 'SANDBOX_NOTREADY';
  await call('stopPod', { sandboxId });
  node.options.addresses.free(sandbox.ip);
  node.tellContainerEvent('CONTAINER_STOPPED_EVENT', sandbox, sandboxId);
}
