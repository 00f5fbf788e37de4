/** The kubelet's core, as the engine and a replay start it. */

import { countedAmounts } from '../api/pod-requests.ts';
import { amountsOf } from '../api/resource-list.ts';
import type { NodeSize } from '../cluster/node.ts';
import type { KubeletCore } from '../engine/core.ts';
import { CLUSTER_CONFIGURATION, type MachineInfo } from '../kubelet/node-config.ts';
import { allocatableOf, capacityOf } from '../kubelet/node-status/capacity.ts';
import { initialState, type KubeletState } from '../kubelet/state.ts';
import { turn } from '../kubelet/turn.ts';
import { nodeFacts } from './node.ts';

/** `runtimeName` goes into container ids (`wasm://...`); the state begins at `startedAtMs`. */
export function kubeletOf(
  runtimeName: string,
  startedAtMs: number,
  config = CLUSTER_CONFIGURATION,
  size?: NodeSize,
): KubeletCore<KubeletState> {
  const facts = nodeFacts('', runtimeName, config, size);
  const machine: MachineInfo = {
    cpuMilli: facts.cpuCount * 1_000,
    memoryBytes: facts.memoryBytes,
    ephemeralStorageBytes: facts.disk.capacityBytes,
    maxPods: facts.maxPods,
    containerRuntimeVersion: facts.containerRuntimeVersion,
    kubeletVersion: facts.kubeletVersion,
    bootId: 'the-first-boot',
  };
  const left = countedAmounts(amountsOf(allocatableOf(capacityOf(machine), config)));
  const allocatable = {
    cpuMilli: left.get('cpu') ?? 0,
    memoryBytes: left.get('memory') ?? 0,
    pods: left.get('pods') ?? 0,
    ephemeralStorageBytes: left.get('ephemeral-storage') ?? 0,
  };
  const options = { nowMs: startedAtMs, runtimeName, machine, allocatable, config };
  return { initialState: () => initialState(options), turn };
}
