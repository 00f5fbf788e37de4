/**
 * What the CPU manager makes of policy, machine and the file of its last life when the kubelet starts; a
 * refusal keeps the kubelet from starting. Pure; follows pkg/kubelet/cm/cpumanager/cpu_manager.go NewManager, Start.
 */
import { type ContainerById, readCheckpoint } from './checkpoint.ts';
import { type CpuSet, NO_CPUS } from './cpu-set.ts';
import { alphaOptionError, staticPolicyOptions } from './policy-options.ts';
import {
  type CpuAssignments,
  type CpuRefusal,
  newStaticPolicy,
  type StaticPolicy,
  startStaticPolicy,
} from './static-policy.ts';
import type { CpuTopology } from './topology.ts';

/** The file's name in the kubelet's root directory (cpuManagerStateFileName). */
export const CHECKPOINT_FILE = 'cpu_manager_state';

export interface CpuManagerStart {
  readonly policyName: string;
  readonly options: Readonly<Record<string, string>>;
  /** The gate CPUManagerPolicyAlphaOptions. */
  readonly alphaOptions: boolean;
  readonly topology: CpuTopology;
  /** kubeReserved plus systemReserved, in thousandths of a CPU. */
  readonly reservedMilliCpu: number;
  /** `reservedSystemCPUs`; empty: the lowest cores are taken. */
  readonly reservedCpus?: CpuSet;
  /** The kubelet's root directory, for the text of the refusal. */
  readonly directory: string;
  /** The file's text; undefined when there is none. */
  readonly checkpoint?: string;
  readonly containerById?: ContainerById;
}

export interface StartedCpuManager {
  /** Null: policy `none`, which pins nothing. */
  readonly policy: StaticPolicy | null;
  readonly state: CpuAssignments;
}

/** Why the kubelet must not run: its configuration cannot be, or what an earlier life left does not fit it. */
export interface StartRefusal {
  readonly because: 'configuration' | 'checkpoint';
  readonly error: string;
}

/** The manager as it begins, or why the kubelet must not run. */
export function startCpuManager(start: CpuManagerStart): StartedCpuManager | StartRefusal {
  const policy = policyOf(start);
  if (policy !== null && 'error' in policy) return { because: 'configuration', error: policy.error };
  const restored = restoredState(start);
  if ('error' in restored) return { because: 'checkpoint', error: restored.error };
  if (policy === null) return { policy, state: restored };
  const state = startStaticPolicy(policy, restored);
  return 'error' in state ? { because: 'checkpoint', error: state.error } : { policy, state };
}

/** Reserved CPUs are whole: 1100m are two. */
export function reservedCpuCount(reservedMilliCpu: number): number {
  return Math.ceil(reservedMilliCpu / 1000);
}

function policyOf(start: CpuManagerStart): StaticPolicy | null | CpuRefusal {
  const { policyName, options, alphaOptions, topology, reservedMilliCpu, reservedCpus = NO_CPUS } = start;
  if (policyName === 'none') {
    if (Object.keys(options).length === 0) return null;
    const given = Object.entries(options).map(([name, value]) => `${name}:${value}`);
    return { error: `None policy: received unsupported options=map[${given.sort().join(' ')}]` };
  }
  if (policyName !== 'static') return { error: `unknown policy: "${policyName}"` };
  // CPUs that are named are what is reserved (cmd/kubelet/app/server.go run).
  if (reservedMilliCpu === 0 && reservedCpus.length === 0) {
    const needed = 'the static policy requires systemreserved.cpu + kubereserved.cpu to be greater than zero';
    return { error: `[cpumanager] ${needed}` };
  }
  const gated = alphaOptions ? undefined : alphaOptionError(options);
  if (gated !== undefined) return { error: gated };
  const read = staticPolicyOptions(options);
  if ('error' in read) return read;
  const count = reservedCpus.length > 0 ? reservedCpus.length : reservedCpuCount(reservedMilliCpu);
  return newStaticPolicy(topology, read, count, reservedCpus);
}

function restoredState(start: CpuManagerStart): CpuAssignments | CpuRefusal {
  const { checkpoint, policyName, directory, containerById } = start;
  if (checkpoint === undefined) return { entries: {}, defaultCpuSet: NO_CPUS };
  const restored = readCheckpoint(checkpoint, policyName, containerById);
  if (!('error' in restored)) return restored;
  const remedy = `please drain this node and delete the CPU manager checkpoint file "${directory}/${CHECKPOINT_FILE}" before restarting Kubelet`;
  return { error: `could not restore state from checkpoint: ${restored.error}, ${remedy}` };
}
