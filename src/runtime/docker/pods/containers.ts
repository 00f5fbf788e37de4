/** CRI's calls for containers: members of a sandbox's network, made and ended by the Engine. */
import { join } from 'node:path';
import type { ContainerConfig, PodSandboxConfig } from '../../../api/cri.ts';
import { statusNames } from '../../image-names.ts';
import { RuntimeError } from '../../port.ts';
import { hasStatus } from '../engine/error.ts';
import type { ContainerInspect, ImageInspect } from '../engine/types.ts';
import type { PodCalls } from '../parts.ts';
import { changedResources, containerBody } from './container-body.ts';
import type { PodsNode } from './docker-pods.ts';
import { find, findAny, kill, list, remove, wanted } from './found.ts';
import { containerName, LABEL_SANDBOX_ID } from './labels.ts';
import {
  engineMounts,
  makeTerminationFile,
  readTerminationFile,
  removeFiles,
  writeHosts,
} from './node-files.ts';
import { type NotedImage, readNoted } from './noted.ts';
import { containerStatus, sandboxStatus } from './status.ts';

/** Beyond the grace: the Engine kills then, and takes some time for it. */
const STOP_SLACK_MS = 120_000;

export type ContainerCalls = Pick<
  PodCalls,
  | 'createContainer'
  | 'startContainer'
  | 'updateContainerResources'
  | 'stopContainer'
  | 'removeContainer'
  | 'listContainers'
  | 'containerStatus'
  | 'terminationMessage'
>;

export function containerCalls(node: PodsNode): ContainerCalls {
  const { engine } = node;
  return {
    createContainer: (sandboxId, config, sandbox) => createContainer(node, sandboxId, config, sandbox),
    async startContainer(containerId) {
      const { Id: id, State: state } = await find(node, 'container', containerId);
      if (state.Status !== 'created') {
        const now = state.Running ? 'CONTAINER_RUNNING' : 'CONTAINER_EXITED';
        const text = `failed to set starting state for container "${id}": container is in ${now} state`;
        throw new RuntimeError('FailedPrecondition', text);
      }
      await engine.call('POST', `/containers/${id}/start`);
    },
    async updateContainerResources(containerId, resources) {
      const { Id: id, State: state } = await find(node, 'container', containerId);
      if (!state.Running && state.Status !== 'created')
        throw new RuntimeError('FailedPrecondition', 'container is in CONTAINER_EXITED state');
      await engine.call('POST', `/containers/${id}/update`, { json: changedResources(resources) });
    },
    async stopContainer(containerId, timeoutSeconds) {
      const found = await findAny(node, 'container', containerId);
      if (found === undefined || !found.State.Running) return;
      if (timeoutSeconds <= 0) {
        await kill(node, found.Id);
        return;
      }
      await stop(node, found.Id, timeoutSeconds);
    },
    async removeContainer(containerId) {
      const found = await findAny(node, 'container', containerId);
      if (found === undefined) return;
      if (found.State.Running) await kill(node, found.Id);
      await remove(node, found.Id);
      removeFiles(readNoted(found.Config.Labels ?? {}).terminationFile);
    },
    async listContainers({ id, labels, podSandboxId } = {}) {
      const ofSandbox = podSandboxId === undefined ? [] : [`${LABEL_SANDBOX_ID}=${podSandboxId}`];
      return (await list(node, 'container', [...wanted(labels), ...ofSandbox], id)).map(containerStatus);
    },
    containerStatus: async (containerId) => containerStatus(await find(node, 'container', containerId)),
    async terminationMessage(containerId) {
      const { Config } = await find(node, 'container', containerId);
      return readTerminationFile(readNoted(Config.Labels ?? {}).terminationFile);
    },
  };
}

async function stop({ engine }: PodsNode, id: string, timeoutSeconds: number): Promise<void> {
  try {
    await engine.call('POST', `/containers/${id}/stop`, {
      query: { t: Math.ceil(timeoutSeconds) },
      timeoutMs: timeoutSeconds * 1000 + STOP_SLACK_MS,
    });
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
}

async function createContainer(
  node: PodsNode,
  sandboxId: string,
  config: ContainerConfig,
  sandboxConfig: PodSandboxConfig,
): Promise<string> {
  const { engine, owner, directory } = node;
  const sandbox = await find(node, 'podsandbox', sandboxId);
  if (!sandbox.State.Running)
    throw new RuntimeError('FailedPrecondition', `sandbox container "${sandboxId}" is not running`);
  const image = await imageNames(node, config);
  const name = containerName(config.metadata, sandboxConfig.metadata);
  const { ip } = sandboxStatus(sandbox);
  const hosts = writeHosts(directory, sandbox.Id, sandboxConfig, ip);
  const taken = await nameHolder(node, name);
  if (taken !== undefined)
    throw new RuntimeError(
      'AlreadyExists',
      `failed to reserve container name "${name}": name is reserved for "${taken.Id}"`,
    );
  const terminationFile = makeTerminationFile(directory, name, config);
  try {
    const json = containerBody(config, {
      owner,
      sandboxId: sandbox.Id,
      sharedProcessNamespace: sandboxConfig.sharedProcessNamespace,
      cgroupParent: sandbox.HostConfig.CgroupParent ?? '',
      leastOomScoreAdj: await node.leastOomScoreAdj(sandbox.Config.Image),
      logPath: join(sandboxConfig.logDirectory, config.logPath),
      mounts: engineMounts(config, { hosts, termination: terminationFile }, engine.speaks(1, 48)),
      noted: { ...image, mounts: config.mounts, resources: config.resources, terminationFile },
    });
    const { Id: id } = await engine.call<{ Id: string }>('POST', '/containers/create', {
      query: { name },
      json,
    });
    return id;
  } catch (error) {
    removeFiles(terminationFile);
    throw error;
  }
}

async function nameHolder({ engine }: PodsNode, name: string): Promise<ContainerInspect | undefined> {
  try {
    return await engine.call<ContainerInspect>('GET', `/containers/${encodeURIComponent(name)}/json`);
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

/** By the digest that a registry gave it, where one did. @throws RuntimeError NotFound */
async function imageNames(
  { engine }: PodsNode,
  { image, imageRef }: ContainerConfig,
): Promise<NotedImage & { imageId: string }> {
  const found = await engine.call<ImageInspect>('GET', `/images/${imageRef}/json`);
  const tags = (found.RepoTags ?? []).filter((name) => !name.includes('<none>'));
  const names = statusNames(image, found.Id, tags);
  const [digest] = (found.RepoDigests ?? []).filter((one) => !one.includes('<none>'));
  const imageId = found.Id;
  if (digest === undefined) return { ...names, imageId };
  const [, sha = ''] = digest.split('@');
  return { ...statusNames(image, sha, tags.length > 0 ? tags : [digest]), imageId };
}
