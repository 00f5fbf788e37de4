/** The eviction signals: what is measured, which resource is starved by it, and which node condition tells of it. */

export type Signal =
  | 'memory.available'
  | 'allocatableMemory.available'
  | 'nodefs.available'
  | 'nodefs.inodesFree'
  | 'imagefs.available'
  | 'imagefs.inodesFree'
  | 'containerfs.available'
  | 'containerfs.inodesFree'
  | 'pid.available';

/** The node conditions that eviction signals set, in the order in which they are told. */
export const NODE_CONDITIONS = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;
export type NodeConditionType = (typeof NODE_CONDITIONS)[number];

/** `inodes` and `pids` are no resources of the API: they are the eviction manager's own words. */
export type StarvedResource = 'memory' | 'ephemeral-storage' | 'inodes' | 'pids';

interface SignalFacts {
  readonly resource: StarvedResource;
  readonly condition: NodeConditionType;
}

const MEMORY: SignalFacts = { resource: 'memory', condition: 'MemoryPressure' };
const DISK: SignalFacts = { resource: 'ephemeral-storage', condition: 'DiskPressure' };
const INODES: SignalFacts = { resource: 'inodes', condition: 'DiskPressure' };

/** helpers.go, init: signalToNodeCondition and signalToResource. */
const SIGNALS: Readonly<Record<Signal, SignalFacts>> = {
  'memory.available': MEMORY,
  'allocatableMemory.available': MEMORY,
  'nodefs.available': DISK,
  'nodefs.inodesFree': INODES,
  'imagefs.available': DISK,
  'imagefs.inodesFree': INODES,
  'containerfs.available': DISK,
  'containerfs.inodesFree': INODES,
  'pid.available': { resource: 'pids', condition: 'PIDPressure' },
};

export function isSignal(text: string): text is Signal {
  return Object.hasOwn(SIGNALS, text);
}

/** The resource that runs out when the signal falls below its threshold. */
export function resourceOf(signal: Signal): StarvedResource {
  return SIGNALS[signal].resource;
}

/** The conditions of the node that these signals set, each once (helpers.go nodeConditions). */
export function conditionsOf(signals: readonly Signal[]): readonly NodeConditionType[] {
  return [...new Set(signals.map((signal) => SIGNALS[signal].condition))];
}

export function isMemorySignal(signal: Signal): boolean {
  return SIGNALS[signal].resource === 'memory';
}
