/** The docker adapter of the runtime port: real Linux containers over the Engine API, in wall time alone. */
import { READY } from '../../api/cri.ts';
import type { ImageService, PodNetwork, Runtime } from '../port.ts';
import { type EngineAddress, engineAddress } from './engine/address.ts';
import { EngineClient } from './engine/client.ts';
import type { DockerNode } from './node.ts';
import type { EventPart, LogPart, PodCalls, StatsCalls, StreamCalls } from './parts.ts';
import { unfilled } from './unfilled.ts';

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
  const { owner, directory, address = engineAddress(process.env) } = options;
  const engine = await EngineClient.connect(address);
  const node: DockerNode = { engine, info: await engine.info(), owner, directory };
  const images = unfilled<ImageService>('images');
  const events = unfilled<EventPart>('events');
  const logs = unfilled<LogPart>('logs');
  const stats = unfilled<StatsCalls>('stats');
  const pods = unfilled<PodCalls>('pods');
  const streams = unfilled<StreamCalls>('streams');
  return {
    name: 'docker',
    runtimeService: {
      ...pods,
      ...streams,
      containerLog: logs.containerLog,
      reopenContainerLog: logs.reopenContainerLog,
      containerStats: stats.containerStats,
      listContainerStats: stats.listContainerStats,
      listPodSandboxStats: stats.listPodSandboxStats,
      subscribe: events.subscribe,
      getContainerEvents: events.getContainerEvents,
      version: async () => ({
        runtimeName: 'docker',
        runtimeVersion: node.engine.version.Version,
        runtimeApiVersion: node.engine.api.join('.'),
      }),
      status: async () => ({ runtime: READY, network: READY }),
    },
    imageService: images,
    network: unfilled<PodNetwork>('network'),
    virtualTime: null,
    async close() {
      logs.close();
      events.close();
    },
  };
}
