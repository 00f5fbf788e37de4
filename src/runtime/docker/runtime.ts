/** The docker adapter of the runtime port: real Linux containers over the Engine API, in wall time alone. */
import type { Runtime } from '../port.ts';
import { type EngineAddress, engineAddress } from './engine/address.ts';
import { EngineClient } from './engine/client.ts';
import { openDockerEvents } from './events/docker-events.ts';
import { engineStatus } from './events/health.ts';
import { RuntimeListeners } from './events/listeners.ts';
import { dockerImages } from './images/docker-images.ts';
import { PulledImages, pulledDirectory } from './images/pulled-images.ts';
import { dockerLogs } from './logs/container-logs.ts';
import { dockerNetwork } from './network/pod-network.ts';
import type { DockerNode } from './node.ts';
import { dockerPods } from './pods/docker-pods.ts';
import { dockerStats } from './stats/docker-stats.ts';
import { dockerStreams } from './streams/docker-streams.ts';

export { LABEL_OWNER } from './pods/labels.ts';

export interface DockerRuntimeOptions {
  /** Default: what Docker's conventions name (engine/address.ts). */
  readonly address?: EngineAddress;
  /** Marks what this node makes; nothing else is ever touched. What an earlier podstep made under it is found again. */
  readonly owner: string;
  /** For the node's own files that containers see, absolute; it must be there, and be the Engine's machine's too. */
  readonly directory: string;
  /** The image of sandboxes; default podstep's own, made without a registry. */
  readonly pauseImage?: string;
}

/** Finds the Engine and what an earlier podstep of this owner has left. `close` leaves containers as they are. */
export async function createDockerRuntime(options: DockerRuntimeOptions): Promise<Runtime> {
  const { owner, directory, address = engineAddress(process.env), pauseImage } = options;
  const engine = await EngineClient.connect(address);
  const node: DockerNode = { engine, info: await engine.info(), owner, directory };
  const listeners = new RuntimeListeners();
  const { subscribe, tell } = listeners;
  const pulled = new PulledImages(pulledDirectory(node.info));
  const images = dockerImages({ node, pulled, tell, ...(pauseImage === undefined ? {} : { pauseImage }) });
  const pods = dockerPods(node, pauseImage);
  const streams = dockerStreams(engine, pods);
  const logs = dockerLogs({ engine, pods, tell });
  const stats = dockerStats({ node, pods, logBytes: logs.bytes });
  const events = await openDockerEvents({ node, pods, logs, tell });
  return {
    name: 'docker',
    runtimeService: {
      ...pods,
      ...streams,
      containerLog: logs.containerLog,
      reopenContainerLog: logs.reopenContainerLog,
      ...stats,
      subscribe,
      getContainerEvents: events.getContainerEvents,
      version: async () => ({
        runtimeName: 'docker',
        runtimeVersion: node.engine.version.Version,
        runtimeApiVersion: node.engine.api.join('.'),
      }),
      status: engineStatus(engine),
    },
    imageService: images,
    network: dockerNetwork(),
    virtualTime: null,
    async close() {
      events.close();
      logs.close();
      listeners.close();
    },
  };
}
