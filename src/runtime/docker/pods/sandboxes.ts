/** CRI's calls for pod sandboxes: a container of the pause image, whose network and IPC the others join. */
import type { PodSandboxConfig } from '../../../api/cri.ts';
import type { PodCalls } from '../parts.ts';
import { ensurePauseImage } from '../pause/pause-image.ts';
import { boundCgroup, podCgroup, removeCgroup } from './cgroups.ts';
import type { PodsNode } from './docker-pods.ts';
import { find, findAny, kill, list, remove, wanted } from './found.ts';
import { LABEL_SANDBOX_ID, sandboxName } from './labels.ts';
import { removeFiles } from './node-files.ts';
import { readNoted } from './noted.ts';
import { sandboxBody } from './sandbox-body.ts';
import { sandboxStatus } from './status.ts';

export type SandboxCalls = Pick<
  PodCalls,
  | 'runPodSandbox'
  | 'stopPodSandbox'
  | 'removePodSandbox'
  | 'podSandboxStatus'
  | 'listPodSandbox'
  | 'updatePodSandboxResources'
>;

export function sandboxCalls(node: PodsNode): SandboxCalls {
  const { engine, info } = node;
  const stop = (id: string) => stopPodSandbox(node, id);
  return {
    runPodSandbox: (config) => runPodSandbox(node, config),
    stopPodSandbox: stop,
    async removePodSandbox(sandboxId) {
      const found = await findAny(node, 'podsandbox', sandboxId);
      if (found === undefined) return;
      await stop(sandboxId);
      for (const { Id: id, Config } of await members(node, sandboxId)) {
        await remove(node, id);
        removeFiles(readNoted(Config.Labels ?? {}).terminationFile);
      }
      await remove(node, sandboxId);
      removeFiles(node.hostsFile(sandboxId));
      removeCgroup(found.HostConfig.CgroupParent ?? '');
    },
    podSandboxStatus: async (sandboxId) => sandboxStatus(await find(node, 'podsandbox', sandboxId)),
    async listPodSandbox({ id, labels } = {}) {
      return (await list(node, 'podsandbox', wanted(labels), id)).map(sandboxStatus);
    },
    async updatePodSandboxResources(sandboxId, limits) {
      const { HostConfig: host } = await find(node, 'podsandbox', sandboxId);
      boundCgroup(host.CgroupParent ?? '', info.CgroupVersion, limits);
    },
  };

  async function runPodSandbox(node: PodsNode, config: PodSandboxConfig): Promise<string> {
    const { metadata, resources } = config;
    const image = node.pauseImage ?? (await ensurePauseImage(node));
    const cgroupParent = podCgroup(node.owner, metadata.uid, resources?.qosClass, info.CgroupDriver);
    const leastOomScoreAdj = await node.leastOomScoreAdj(image);
    const json = sandboxBody(config, image, { owner: node.owner, cgroupParent, leastOomScoreAdj });
    const query = { name: sandboxName(metadata) };
    const { Id: id } = await engine.call<{ Id: string }>('POST', '/containers/create', { query, json });
    try {
      await engine.call('POST', `/containers/${id}/start`);
      if (resources !== undefined) boundCgroup(cgroupParent, info.CgroupVersion, resources);
    } catch (error) {
      await remove(node, id);
      removeCgroup(cgroupParent);
      throw error;
    }
    return id;
  }
}

const members = (node: PodsNode, sandboxId: string) =>
  list(node, 'container', [`${LABEL_SANDBOX_ID}=${sandboxId}`]);

/** Members do not end with the sandbox by themselves: they would go on without a network. */
async function stopPodSandbox(node: PodsNode, sandboxId: string): Promise<void> {
  const found = await findAny(node, 'podsandbox', sandboxId);
  if (found === undefined) return;
  const running = (await members(node, sandboxId)).filter(({ State: state }) => state.Running);
  await Promise.all(running.map(({ Id: id }) => kill(node, id)));
  if (found.State.Running) await kill(node, sandboxId);
}
