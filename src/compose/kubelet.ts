/** The kubelet's core, as the engine and a replay start it. */
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import type { KubeletCore } from '../engine/core.ts';
import { initialState, type KubeletState } from '../kubelet/state.ts';
import { turn } from '../kubelet/turn.ts';
import { type NodeSize, nodeFacts } from './node.ts';

/** `runtimeName` goes into container ids (`wasm://...`); the state begins at `startedAtMs`. */
export function kubeletOf(
  runtimeName: string,
  startedAtMs: number,
  config?: KubeletConfiguration,
  size?: NodeSize,
): KubeletCore<KubeletState> {
  const { cpuCount, memoryBytes, maxPods } = nodeFacts('', runtimeName, config, size);
  const allocatable = { cpuMilli: cpuCount * 1_000, memoryBytes, pods: maxPods };
  const options = { nowMs: startedAtMs, runtimeName, allocatable, ...(config && { config }) };
  return { initialState: () => initialState(options), turn };
}
