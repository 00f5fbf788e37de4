/** What the Node's status is made of, read from the slices of the managers that know. */

import type { KubeObject, NodeStatus } from '../../api/types.ts';
import { shutdownStatus } from '../node-shutdown/node-shutdown.ts';
import { seenObject } from '../objects/object-cache.ts';
import { relistThresholdMs } from '../pleg/pleg.ts';
import { runtimeErrors } from '../runtime-state/runtime-state.ts';
import type { KubeletState } from '../state.ts';
import type { NodeStatusInput } from './status.ts';

/** The kubelet's own Node, as the API server was last seen to have it. */
export function ownNode({ node, objects }: KubeletState): KubeObject | undefined {
  return seenObject(objects, 'Node', '', node.nodeName);
}

/** Reads all slices and changes none. */
export function nodeStatusInput(state: KubeletState): NodeStatusInput {
  const { runtime, node, config, nowMs, pleg, nodeStatus } = state;
  const list = (error: string | undefined) => (error === undefined ? [] : [error]);
  return {
    node,
    runtimeVersion: runtime.version?.runtimeVersion,
    config,
    before: ownNode(state)?.status as NodeStatus | undefined,
    errors: {
      runtimeErrors: runtimeErrors(
        runtime,
        { relistTimeMs: pleg.relistTimeMs, thresholdMs: relistThresholdMs(state) },
        nowMs,
      ),
      networkErrors: list(runtime.networkError),
      storageErrors: list(nodeStatus.csiStepMs === undefined ? undefined : 'CSINode is not yet initialized'),
      shutdownErrors: list(shutdownStatus(state)),
    },
    pressures: state.eviction.nodeConditions,
    images: nodeStatus.images,
    nowMs,
  };
}
