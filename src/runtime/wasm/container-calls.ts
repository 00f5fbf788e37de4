/** RuntimeService's calls for containers: a record here, its image and its plan to the thread. */
import type { ContainerConfig } from '../../api/cri.ts';
import { statusNames } from '../image-names.ts';
import { RuntimeError, type RuntimeService } from '../port.ts';
import type { Call } from './calls.ts';
import type { CompiledImage, CompiledImages } from './image.ts';
import type { IssueOrder } from './issue-order.ts';
import type { Node } from './node.ts';
import { limitsOf, planContainer } from './plan.ts';
import { ContainerRecord } from './records.ts';
import { resolveUser } from './user.ts';

type ContainerCalls = Pick<
  RuntimeService,
  | 'createContainer'
  | 'startContainer'
  | 'updateContainerResources'
  | 'stopContainer'
  | 'removeContainer'
  | 'listContainers'
  | 'containerStatus'
>;

/** As the port describes them. */
export function containerCalls(
  node: Node,
  call: Call,
  order: IssueOrder,
  images: CompiledImages,
): ContainerCalls {
  return {
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
  };
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

/** Kills what runs in it, and forgets it; nothing when it is not there. */
export async function removeContainer(node: Node, call: Call, containerId: string): Promise<void> {
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
