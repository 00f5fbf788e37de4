/**
 * The static policy: a Guaranteed pod's container that asks for whole CPUs gets them for itself; all others
 * share the rest. Pure; follows pkg/kubelet/cm/cpumanager/policy_static.go, as at v1.36.
 */
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { quantityMilliValue } from '../../api/quantity/scale.ts';
import type { Container, Pod } from '../../api/types.ts';
import { isSidecar } from '../pod-actions/restart-policy.ts';
import { computePodQos } from '../qos.ts';
import { takePacked } from './assignment.ts';
import { type CpuSet, difference, formatCpus, intersection, NO_CPUS, sameCpus, union } from './cpu-set.ts';
import { takeDistributed } from './distribution.ts';
import type { StaticPolicyOptions } from './policy-options.ts';
import { allCpus, type CpuTopology, cpusIn, cpusPerCore, idsOf } from './topology.ts';

/** Who has which CPUs for itself: by pod UID, by container name. */
export type CpuEntries = Readonly<Record<string, Readonly<Record<string, CpuSet>>>>;

/** What `cpu_manager_state` keeps. */
export interface CpuAssignments {
  readonly entries: CpuEntries;
  /** The shared pool. */
  readonly defaultCpuSet: CpuSet;
}

export interface StaticPolicy {
  readonly topology: CpuTopology;
  readonly options: StaticPolicyOptions;
  /** Never given out for one container alone; still in the shared pool, unless the reservation is strict. */
  readonly reserved: CpuSet;
}

/** A refusal; `smtAlignment` is one of its own kind at admission. */
export interface CpuRefusal {
  readonly error: string;
  readonly smtAlignment?: true;
}

/** Takes the reserved CPUs from the lowest cores, unless they are named (NewStaticPolicy). */
export function newStaticPolicy(
  topology: CpuTopology,
  options: StaticPolicyOptions,
  reservedCount: number,
  named: CpuSet = NO_CPUS,
): StaticPolicy | CpuRefusal {
  const taken =
    named.length > 0 ? { cpus: named } : takeBy({ topology, options }, allCpus(topology), reservedCount);
  const reserved = 'error' in taken ? NO_CPUS : taken.cpus;
  if (reserved.length !== reservedCount) {
    const text = `size of ${formatCpus(reserved)} did not equal ${reservedCount}`;
    return { error: `[cpumanager] unable to reserve the required amount of CPUs (${text})` };
  }
  return { topology, options, reserved };
}

/** Holds the state that was found against machine and reservation; an empty one is begun (validateState). */
export function startStaticPolicy(policy: StaticPolicy, state: CpuAssignments): CpuAssignments | CpuRefusal {
  const { defaultCpuSet, entries } = state;
  const pool = poolOf(policy);
  if (defaultCpuSet.length === 0) {
    if (Object.keys(entries).length > 0) return { error: 'default cpuset cannot be empty' };
    return { entries, defaultCpuSet: pool };
  }
  const tampered = reservationError(policy, defaultCpuSet);
  if (tampered !== undefined) return { error: tampered };
  const assigned = Object.entries(entries).flatMap(([pod, containers]) =>
    Object.entries(containers).map(([container, cpus]) => ({ pod, container, cpus })),
  );
  const shared = formatCpus(defaultCpuSet);
  for (const { pod, container, cpus } of assigned) {
    if (intersection(defaultCpuSet, cpus).length === 0) continue;
    const text = `pod: ${pod}, container: ${container} cpuset: "${formatCpus(cpus)}"`;
    return { error: `${text} overlaps with default cpuset "${shared}"` };
  }
  const known = union(defaultCpuSet, ...assigned.map(({ cpus }) => cpus));
  if (!sameCpus(known, pool)) {
    const text = `doesn't match with CPUs in state "${formatCpus(known)}"`;
    return { error: `current set of available CPUs "${formatCpus(pool)}" ${text}` };
  }
  return state;
}

/** Every CPU that containers may run on. */
function poolOf({ topology, options, reserved }: StaticPolicy): CpuSet {
  return options.strictReservation ? difference(allCpus(topology), reserved) : allCpus(topology);
}

function reservationError({ options, reserved }: StaticPolicy, defaultCpuSet: CpuSet): string | undefined {
  const present = intersection(reserved, defaultCpuSet);
  const shared = formatCpus(defaultCpuSet);
  if (options.strictReservation) {
    if (present.length === 0) return undefined;
    return `some of strictly reserved cpus: "${formatCpus(present)}" are present in defaultCpuSet: "${shared}"`;
  }
  if (sameCpus(present, reserved)) return undefined;
  return `not all reserved cpus: "${formatCpus(reserved)}" are present in defaultCpuSet: "${shared}"`;
}

export interface Allocation {
  readonly state: CpuAssignments;
  /** The pod's CPUs that its next containers may have too: those of init containers that end before. */
  readonly reusable: CpuSet;
}

export interface AllocationInput {
  readonly state: CpuAssignments;
  readonly pod: Pod;
  readonly container: Container;
  readonly reusable: CpuSet;
  /** The topology manager's affinity; without one there is no preference. */
  readonly numaNodes?: readonly number[];
}

/** Gives a container its own CPUs, if it is one that gets some (Allocate). */
export function allocate(policy: StaticPolicy, input: AllocationInput): Allocation | CpuRefusal {
  const { state, pod, container, reusable } = input;
  const { uid } = pod.metadata;
  const count = exclusiveCpuCount(pod, container);
  if (count === 0) return { state, reusable };
  const misaligned = alignmentError(policy, state, count);
  if (misaligned !== undefined) return { error: misaligned, smtAlignment: true };
  const had = state.entries[uid]?.[container.name];
  if (had !== undefined) return { state, reusable: reuse(pod, container, reusable, had) };
  const taken = takeCpus(policy, input, count);
  if ('error' in taken) return taken;
  const { cpus } = taken;
  return {
    state: {
      entries: { ...state.entries, [uid]: { ...state.entries[uid], [container.name]: cpus } },
      defaultCpuSet: difference(state.defaultCpuSet, cpus),
    },
    reusable: reuse(pod, container, reusable, cpus),
  };
}

/**
 * How many CPUs the container gets for itself (guaranteedCPUs). A pod with resources of its own gets none:
 * the static policy does not know them.
 */
function exclusiveCpuCount({ spec }: Pod, { resources }: Container): number {
  if (computePodQos(spec) !== 'Guaranteed') return 0;
  if (spec.resources?.requests !== undefined || spec.resources?.limits !== undefined) return 0;
  const text = resources?.requests?.cpu ?? resources?.limits?.cpu;
  const milli = text === undefined ? 0 : quantityMilliValue(mustParseQuantity(String(text)));
  return milli % 1000 === 0 ? milli / 1000 : 0;
}

function alignmentError(policy: StaticPolicy, state: CpuAssignments, count: number): string | undefined {
  const { topology, options, reserved } = policy;
  if (!options.fullPhysicalCpusOnly) return undefined;
  const perCore = cpusPerCore(topology);
  if (count % perCore !== 0) {
    return `SMT Alignment Error: requested ${count} cpus not multiple cpus per core = ${perCore}`;
  }
  // A reserved thread makes its whole core unfit.
  const reservedCores = cpusIn(topology, 'core', idsOf(topology, 'core', reserved), allCpus(topology));
  const available = difference(state.defaultCpuSet, reservedCores).length;
  if (count <= available) return undefined;
  const text = `available physical CPUs = ${available}, requested CPUs = ${count}, CPUs per core = ${perCore}`;
  return `SMT Alignment Error: not enough free physical CPUs: ${text}`;
}

function takeCpus(
  policy: StaticPolicy,
  { state, reusable, numaNodes }: AllocationInput,
  count: number,
): ReturnType<typeof takePacked> {
  const free = union(difference(state.defaultCpuSet, policy.reserved), reusable);
  const aligned = numaNodes === undefined ? NO_CPUS : alignedCpus(policy, numaNodes, free);
  const first = takeBy(policy, aligned, Math.min(count, aligned.length));
  if ('error' in first) return first;
  const rest = takeBy(policy, difference(free, first.cpus), count - first.cpus.length);
  return 'error' in rest ? rest : { cpus: union(first.cpus, rest.cpus) };
}

function alignedCpus(
  { topology, options }: StaticPolicy,
  numaNodes: readonly number[],
  free: CpuSet,
): CpuSet {
  if (!options.alignBySocket) return cpusIn(topology, 'numa', numaNodes, free);
  const sockets = idsOf(topology, 'socket', cpusIn(topology, 'numa', numaNodes, allCpus(topology)));
  return cpusIn(topology, 'socket', sockets, free);
}

function takeBy(
  { topology, options }: Pick<StaticPolicy, 'topology' | 'options'>,
  from: CpuSet,
  count: number,
) {
  const sorting = options.distributeAcrossCores ? 'spread' : 'packed';
  if (!options.distributeAcrossNuma) return takePacked(topology, from, count, sorting);
  const groupSize = options.fullPhysicalCpusOnly ? cpusPerCore(topology) : 1;
  return takeDistributed({ topology, available: from, count, groupSize, sorting });
}

/** What a plain init container had is free again for its pod; what others get is not (updateCPUsToReuse). */
function reuse({ spec }: Pod, container: Container, reusable: CpuSet, cpus: CpuSet): CpuSet {
  const isInit = spec.initContainers?.some(({ name }) => name === container.name);
  return isInit && !isSidecar(container) ? union(reusable, cpus) : difference(reusable, cpus);
}

/** Gives back what a container had, but for what its siblings use too (RemoveContainer). */
export function release(state: CpuAssignments, podUid: string, name: string): CpuAssignments {
  const { [name]: had, ...siblings } = state.entries[podUid] ?? {};
  if (had === undefined) return state;
  const { [podUid]: _pod, ...others } = state.entries;
  const isLast = Object.keys(siblings).length === 0;
  return {
    entries: isLast ? others : { ...state.entries, [podUid]: siblings },
    defaultCpuSet: union(state.defaultCpuSet, difference(had, union(...Object.values(siblings)))),
  };
}

/** The CPUs a container may run on: its own, or the shared pool (GetCPUSetOrDefault). */
export function cpusOf({ entries, defaultCpuSet }: CpuAssignments, podUid: string, name: string): CpuSet {
  return entries[podUid]?.[name] ?? defaultCpuSet;
}
