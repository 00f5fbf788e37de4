/** The parts of the adapter by what each gives to the port; `runtime.ts` puts them together. */
import type { RuntimeService } from '../port.ts';

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

/** What is used (stats/). */
export type StatsCalls = Pick<
  RuntimeService,
  'containerStats' | 'listContainerStats' | 'listPodSandboxStats'
>;
