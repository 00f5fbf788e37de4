/** CRI's RuntimeService over the records and the runtime thread. */
import { type ContainerConfig, type LinuxPodResources, type PodSandboxConfig, READY } from '../../api/cri.ts';
import { present } from '../../lib/assert.ts';
import { statusNames } from '../image-names.ts';
import { RuntimeError, type RuntimeService } from '../port.ts';
import type { Call } from './calls.ts';
import { containerUsage } from './container-usage.ts';
import type { CompiledImage, CompiledImages } from './image.ts';
import type { IssueOrder } from './issue-order.ts';
import type { HostPort } from './net/bridge.ts';
import type { Node } from './node.ts';
import { limitsOf, planContainer } from './plan.ts';
import { ContainerRecord, SandboxRecord } from './records.ts';
import { resolvConf } from './resolv-conf.ts';
import { streamingCalls } from './streaming.ts';
import { resolveUser } from './user.ts';

/** Records change here at once; what runs is asked of the thread, one call after the other. */
export function wasmRuntimeService(
  node: Node,
  call: Call,
  order: IssueOrder,
  images: CompiledImages,
): RuntimeService {
  return {
    async version() {
      return { runtimeName: 'podstep-wasm', runtimeVersion: '0.1.0', runtimeApiVersion: 'v1' };
    },
    status: async () => ({ runtime: READY, network: READY }),
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
    async createContainer(sandboxId, config) {
      const { answer, id } = await order.run(() => createContainer(node, images, sandboxId, config));
      try {
        await answer;
      } catch (error) {
        node.containers.delete(id);
        throw error;
      }
      node.tellContainerEvent('CONTAINER_CREATED_EVENT', node.sandbox(sandboxId), id);
      return id;
    },
    async startContainer(containerId) {
      const record = node.container(containerId);
      const { life } = record;
      if (life.state !== 'CONTAINER_CREATED') {
        const text = `failed to start container "${containerId}": container is in ${life.state} state`;
        throw new RuntimeError('FailedPrecondition', text);
      }
      record.openLog();
      await call('startContainer', { containerId });
    },
    async updateContainerResources(containerId, resources) {
      const record = node.container(containerId);
      if (record.life.state === 'CONTAINER_EXITED') {
        const text = `failed to update resources: container "${containerId}" is in ${record.life.state} state`;
        throw new RuntimeError('FailedPrecondition', text);
      }
      await call('updateContainer', { containerId, limits: limitsOf(resources) });
      record.resources = resources;
    },
    async updatePodSandboxResources(sandboxId, limits) {
      node.sandbox(sandboxId);
      await call('updatePod', { sandboxId, limits });
    },
    async stopContainer(containerId, timeoutSeconds) {
      const state = node.containers.get(containerId)?.life.state;
      if (state === undefined || state === 'CONTAINER_EXITED') return;
      await call('stopContainer', { containerId, timeoutSeconds });
    },
    removeContainer: (containerId) => removeContainer(node, call, containerId),
    async listContainers(filter = {}) {
      const found = [...node.containers.values()].filter((container) => container.matches(filter));
      return found.map((container) => container.status());
    },
    containerStatus: async (containerId) => node.container(containerId).status(),
    async execSync(containerId, command, timeoutSeconds) {
      const { life } = node.container(containerId);
      if (life.state !== 'CONTAINER_RUNNING') {
        const text = `failed to exec in container: container is in ${life.state} state`;
        throw new RuntimeError('FailedPrecondition', text);
      }
      return call('exec', { containerId, command, timeoutSeconds });
    },
    ...streamingCalls(node, call),
    async reopenContainerLog(containerId) {
      const { life, logFile } = node.container(containerId);
      if (life.state !== 'CONTAINER_RUNNING') {
        throw new RuntimeError('Unknown', `container is not running`);
      }
      logFile?.reopen();
    },
    async containerLog(containerId, options = {}) {
      return node.container(containerId).log.lines(options.tailLines);
    },
    async terminationMessage(containerId) {
      node.container(containerId);
      return call('terminationMessage', { containerId });
    },
    async containerStats(containerId) {
      const record = node.container(containerId);
      const [usage] = await call('usage', { containerIds: [containerId] });
      return containerUsage(record, node.now(), present(usage, 'the usage asked for'));
    },
    async listPodSandboxStats(filter = {}) {
      const ready = [...node.sandboxes.values()].filter(
        (sandbox) => sandbox.state === 'SANDBOX_READY' && sandbox.matches(filter),
      );
      const usages = await call('podUsage', { sandboxIds: ready.map(({ id }) => id) });
      return ready.map(({ id }, index) => {
        const { traffic, memoryBytes } = present(usages[index], 'the usage asked for');
        const network = { name: 'eth0', ...traffic };
        return { id, atMs: node.now(), memoryWorkingSetBytes: memoryBytes, network };
      });
    },
    async listContainerStats(filter = {}) {
      const found = [...node.containers.values()].filter((container) => container.matches(filter));
      const usages = await call('usage', { containerIds: found.map(({ id }) => id) });
      return found.map((record, index) =>
        containerUsage(record, node.now(), present(usages[index], 'the usage asked for')),
      );
    },
    subscribe: (listener) => node.subscribe(listener),
    getContainerEvents: async (onEvent) => node.containerEvents.open(onEvent),
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

/** Resolves once the thread has been asked, so that the next call may follow. */
async function createContainer(
  node: Node,
  images: CompiledImages,
  sandboxId: string,
  config: ContainerConfig,
): Promise<{ readonly id: string; readonly answer: Promise<void> }> {
  const sandbox = node.sandbox(sandboxId);
  if (sandbox.state !== 'SANDBOX_READY') {
    throw new RuntimeError('FailedPrecondition', `sandbox container "${sandboxId}" is not running`);
  }
  const { name, attempt } = config.metadata;
  for (const { sandbox: other, config: taken } of node.containers.values()) {
    if (other !== sandbox || taken.metadata.name !== name || taken.metadata.attempt !== attempt) continue;
    throw new RuntimeError(
      'AlreadyExists',
      `failed to reserve container name "${name}_${attempt}": name is reserved`,
    );
  }
  const id = node.options.newId();
  const record = new ContainerRecord(id, sandbox, config, node.now());
  // Taken before the disk is read: the name is this container's from now on.
  node.containers.set(id, record);
  try {
    const image = await images.compiled(config.imageRef || config.image);
    if (image === null)
      throw new RuntimeError('NotFound', `failed to resolve image "${config.image}": not found`);
    const { hostname, metadata } = sandbox.config;
    record.imageNames = statusNames(config.image, image.id, image.repoTags);
    const user = resolveUser(config.securityContext, image);
    record.user = { uid: user.uid, gid: user.gid, supplementalGroups: user.supplementalGroups };
    const plan = planContainer({
      containerId: id,
      sandboxId,
      hostname: hostname || metadata.name,
      config,
      image,
      user,
    });
    for (const one of [image, ...(await mountedImages(images, config))]) {
      if (node.imagesOnThread.has(one.id)) continue;
      node.imagesOnThread.add(one.id);
      await node.thread.call('addImage', one);
    }
    return { id, answer: node.thread.call('createContainer', plan) };
  } catch (error) {
    node.containers.delete(id);
    throw error;
  }
}

async function removeContainer(node: Node, call: Call, containerId: string): Promise<void> {
  if (!node.containers.has(containerId)) return;
  await call('removeContainer', { containerId });
  const record = node.containers.get(containerId);
  if (record === undefined) return;
  record.logFile?.close();
  node.containers.delete(containerId);
  node.tellContainerEvent('CONTAINER_DELETED_EVENT', record.sandbox, containerId);
}

/** The images whose files the container mounts. */
async function mountedImages(
  images: CompiledImages,
  { mounts }: ContainerConfig,
): Promise<readonly CompiledImage[]> {
  const found: CompiledImage[] = [];
  for (const { image: ref } of mounts) {
    if (ref === undefined) continue;
    const image = await images.compiled(ref);
    if (image === null) {
      throw new RuntimeError('NotFound', `failed to mount image volume: image "${ref}" not found`);
    }
    found.push(image);
  }
  return found;
}
