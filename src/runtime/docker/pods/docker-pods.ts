/** Pods on the Engine: what the node keeps of them is the Engine's labels and a few files, so a later podstep finds them again. */
import { join } from 'node:path';
import type { DockerNode } from '../node.ts';
import type { PodCalls } from '../parts.ts';
import { containerCalls } from './containers.ts';
import { leastOomScoreAdj } from './oom-score.ts';
import { sandboxCalls } from './sandboxes.ts';

/** The node, and what its pods stand on. */
export interface PodsNode extends DockerNode {
  /** The image of sandboxes where it is not podstep's own. */
  readonly pauseImage: string | undefined;
  /** Tried once, with the pause image. */
  readonly leastOomScoreAdj: (pauseImage: string) => Promise<number>;
  /** Where a pod's hosts file lies. */
  readonly hostsFile: (sandboxId: string) => string;
}

/** CRI's calls for sandboxes and containers. */
export function dockerPods(node: DockerNode, pauseImage?: string): PodCalls {
  let least: Promise<number> | undefined;
  const pods: PodsNode = {
    ...node,
    pauseImage,
    hostsFile: (sandboxId) => join(node.directory, 'hosts', sandboxId),
    leastOomScoreAdj(image) {
      least ??= leastOomScoreAdj(node, image).catch((error: unknown) => {
        least = undefined;
        throw error;
      });
      return least;
    },
  };
  return { ...sandboxCalls(pods), ...containerCalls(pods) };
}
