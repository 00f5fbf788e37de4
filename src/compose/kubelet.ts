/** The kubelet's core, as the engine and a replay start it. */
import type { KubeletCore } from '../engine/core.ts';
import { initialState, type KubeletState } from '../kubelet/state.ts';
import { turn } from '../kubelet/turn.ts';
import { nodeFacts } from './node.ts';

/** `runtimeName` goes into container ids (`wasm://...`); the state begins at `startedAtMs`. */
export function kubeletOf(runtimeName: string, startedAtMs: number): KubeletCore<KubeletState> {
  const { cpuCount, memoryBytes, maxPods } = nodeFacts('', runtimeName);
  const allocatable = { cpuMilli: cpuCount * 1_000, memoryBytes, pods: maxPods };
  return { initialState: () => initialState({ nowMs: startedAtMs, runtimeName, allocatable }), turn };
}
