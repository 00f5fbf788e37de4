/** The kubelet's core, as the engine and a replay start it. */

import { countedAmounts } from '../api/pod-requests.ts';
import { amountsOf } from '../api/resource-list.ts';
import type { KubeletCore } from '../engine/core.ts';
import { CLUSTER_CONFIGURATION, type MachineInfo } from '../kubelet/node-config.ts';
import { allocatableOf, capacityOf } from '../kubelet/node-status/capacity.ts';
import { initialState, type KubeletState } from '../kubelet/state.ts';
import { turn } from '../kubelet/turn.ts';
import { type NodeOptions, nodeFacts } from './node.ts';

/** The state begins at `startedAtMs`, epoch milliseconds. */
export function kubeletOf(startedAtMs: number, options: NodeOptions): KubeletCore<KubeletState> {
  const { runtimeName, config = CLUSTER_CONFIGURATION } = options;
  const facts = nodeFacts('', { ...options, config });
  const machine: MachineInfo = {
    cpuMilli: facts.cpuCount * 1_000,
    memoryBytes: facts.memoryBytes,
    ephemeralStorageBytes: facts.disk.capacityBytes,
    maxPods: facts.maxPods,
    containerRuntimeVersion: facts.containerRuntimeVersion,
    kubeletVersion: facts.kubeletVersion,
    bootId: facts.bootId,
    system: facts.system,
  };
  const left = countedAmounts(amountsOf(allocatableOf(capacityOf(machine), config)));
  const allocatable = {
    cpuMilli: left.get('cpu') ?? 0,
    memoryBytes: left.get('memory') ?? 0,
    pods: left.get('pods') ?? 0,
    ephemeralStorageBytes: left.get('ephemeral-storage') ?? 0,
  };
  const state = { nowMs: startedAtMs, runtimeName, machine, allocatable, config };
  return { initialState: () => initialState(state), turn };
}
