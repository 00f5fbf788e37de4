/** The parts of the adapter by what each gives to the port; `runtime.ts` puts them together. */
import type { RuntimeEvent, RuntimeService } from '../port.ts';

/** Sandboxes and containers (pods/). */
export type PodCalls = Pick<
  RuntimeService,
  | 'runPodSandbox'
  | 'stopPodSandbox'
  | 'removePodSandbox'
  | 'podSandboxStatus'
  | 'listPodSandbox'
  | 'createContainer'
  | 'startContainer'
  | 'updateContainerResources'
  | 'updatePodSandboxResources'
  | 'stopContainer'
  | 'removeContainer'
  | 'listContainers'
  | 'containerStatus'
  | 'terminationMessage'
>;

/** Who talks with a program (streams/). */
export type StreamCalls = Pick<RuntimeService, 'execSync' | 'exec' | 'attach' | 'portForward'>;

/** The log of each container on the node (logs/). */
export interface LogPart extends Pick<RuntimeService, 'containerLog' | 'reopenContainerLog'> {
  /** Writes the container's log from now on; asked once it has started, and again after a restart of podstep. */
  follow(containerId: string): Promise<void>;
  close(): void;
}

/** What is used (stats/). */
export type StatsCalls = Pick<
  RuntimeService,
  'containerStats' | 'listContainerStats' | 'listPodSandboxStats'
>;

/** What happens unasked (events/). */
export interface EventPart extends Pick<RuntimeService, 'subscribe' | 'getContainerEvents'> {
  /** Tells all who have subscribed. */
  tell(event: RuntimeEvent): void;
  close(): void;
}
