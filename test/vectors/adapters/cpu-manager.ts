/** cpu-manager.json: the static policy and the file `cpu_manager_state`. */

import { mustParseQuantity } from '../../../src/api/quantity/parse.ts';
import { quantityMilliValue } from '../../../src/api/quantity/scale.ts';
import type { Container, Pod } from '../../../src/api/types.ts';
import { allocationRejection } from '../../../src/kubelet/cpu-manager/admission.ts';
import { readCheckpoint, writeCheckpoint } from '../../../src/kubelet/cpu-manager/checkpoint.ts';
import { type CpuSet, formatCpus, NO_CPUS, parseCpus } from '../../../src/kubelet/cpu-manager/cpu-set.ts';
import { staticPolicyOptions } from '../../../src/kubelet/cpu-manager/policy-options.ts';
import {
  CHECKPOINT_FILE,
  reservedCpuCount,
  startCpuManager,
} from '../../../src/kubelet/cpu-manager/start.ts';
import {
  allocate,
  type CpuAssignments,
  type CpuRefusal,
  newStaticPolicy,
  release,
  type StaticPolicy,
  startStaticPolicy,
} from '../../../src/kubelet/cpu-manager/static-policy.ts';
import { type CpuTopology, uniformTopology } from '../../../src/kubelet/cpu-manager/topology.ts';
import { pod } from '../../kubelet/fixtures.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

type Texts = Readonly<Record<string, string>>;

interface ShortState {
  readonly entries: Readonly<Record<string, Texts>>;
  readonly defaultCpuSet: string;
}

interface ShortContainer {
  readonly pod: string;
  readonly name: string;
  readonly cpuRequest: string;
  readonly cpuLimit: string;
}

type ShortInit = string | { readonly cpu: string; readonly restartPolicy?: string };

interface PolicyInput {
  readonly topology: string;
  readonly reservedCount?: number;
  readonly reservedCpus?: string;
  readonly options?: Texts;
  readonly state: ShortState;
  readonly container?: ShortContainer;
  readonly topologyHint?: { readonly numaNodes: readonly number[] };
  readonly initContainers?: readonly ShortInit[];
  readonly containers?: readonly ShortInit[];
  readonly remove?: string;
}

/** The machines that the file's `topologies` describes. */
const TOPOLOGIES: Readonly<Record<string, CpuTopology>> = {
  singleSocketHT: uniformTopology(8, 1, 2),
  dualSocketHT: {
    cpus: Array.from({ length: 12 }, (_, cpu) => ({ core: cpu % 6, socket: cpu % 2, numa: cpu % 2 })),
  },
  dualSocketNoHT: uniformTopology(8, 2, 1),
  dualSocketMultiNumaPerSocketHT: {
    cpus: Array.from({ length: 80 }, (_, cpu) => {
      const core = cpu % 40;
      return { core, numa: Math.trunc(core / 10), socket: Math.trunc(core / 20) };
    }),
  },
};

function parsed(text: string): CpuSet {
  const cpus = parseCpus(text);
  if ('error' in cpus) throw new Error(cpus.error);
  return cpus;
}

function stateOf({ entries, defaultCpuSet }: ShortState): CpuAssignments {
  const sets = Object.entries(entries).map(([uid, containers]) => {
    const own = Object.entries(containers).map(([name, cpus]) => [name, parsed(cpus)] as const);
    return [uid, Object.fromEntries(own)] as const;
  });
  return { entries: Object.fromEntries(sets), defaultCpuSet: parsed(defaultCpuSet) };
}

function shortState({ entries, defaultCpuSet }: CpuAssignments): ShortState {
  const texts = Object.entries(entries).map(([uid, containers]) => {
    const own = Object.entries(containers).map(([name, cpus]) => [name, formatCpus(cpus)] as const);
    return [uid, Object.fromEntries(own)] as const;
  });
  return { entries: Object.fromEntries(texts), defaultCpuSet: formatCpus(defaultCpuSet) };
}

function policyOf({
  topology,
  reservedCount = 0,
  reservedCpus,
  options = {},
}: PolicyInput): StaticPolicy | CpuRefusal {
  const machine = TOPOLOGIES[topology];
  if (machine === undefined) throw new Error(`no such topology: ${topology}`);
  const read = staticPolicyOptions(options);
  if ('error' in read) return read;
  const named = reservedCpus === undefined ? NO_CPUS : parsed(reservedCpus);
  return newStaticPolicy(machine, read, reservedCount, named);
}

function container(
  name: string,
  cpuRequest: string,
  cpuLimit = cpuRequest,
  restartPolicy?: string,
): Container {
  const resources = {
    requests: { cpu: cpuRequest, memory: '1G' },
    limits: { cpu: cpuLimit, memory: '1G' },
  };
  return { name, resources, ...(restartPolicy === undefined ? {} : { restartPolicy }) };
}

function start({ input }: VectorCase<PolicyInput>) {
  const policy = policyOf(input);
  const started = 'error' in policy ? policy : startStaticPolicy(policy, stateOf(input.state));
  if ('error' in started) return { error: started.error };
  return { defaultCpuSet: formatCpus(started.defaultCpuSet), error: null };
}

function allocated({ input, expected }: VectorCase<PolicyInput, { readonly exclusiveCpus?: string | null }>) {
  if (input.container === undefined) return allocateAll({ input });
  // No CPUs are told as null, or as an empty set.
  const none = expected.exclusiveCpus === '' ? '' : null;
  const { pod: uid, name, cpuRequest, cpuLimit } = input.container;
  const one = container(name, cpuRequest, cpuLimit);
  const owner = pod({ containers: [one] }, { uid });
  const policy = policyOf(input);
  if ('error' in policy) return { exclusiveCpus: none, error: policy.error };
  const done = allocate(policy, {
    state: stateOf(input.state),
    pod: owner,
    container: one,
    reusable: NO_CPUS,
    ...(input.topologyHint === undefined ? {} : { numaNodes: input.topologyHint.numaNodes }),
  });
  if ('error' in done) return { exclusiveCpus: none, error: done.error };
  const cpus = done.state.entries[uid]?.[name];
  return { exclusiveCpus: cpus === undefined ? none : formatCpus(cpus), error: null };
}

/** A whole pod, container by container in the order of their start; then one of them goes. */
function allocateAll({ input }: Pick<VectorCase<PolicyInput>, 'input'>) {
  const made = (prefix: string, all: readonly ShortInit[] = []) =>
    all.map((short, i) => {
      const { cpu, restartPolicy } =
        typeof short === 'string' ? { cpu: short, restartPolicy: undefined } : short;
      return container(`${prefix}-${i}`, cpu, cpu, restartPolicy);
    });
  const initContainers = made('initContainer', input.initContainers);
  const containers = made('appContainer', input.containers);
  const owner: Pod = pod({ initContainers, containers });
  const policy = policyOf(input);
  if ('error' in policy) return policy;
  let state = stateOf(input.state);
  let reusable = NO_CPUS;
  for (const one of [...initContainers, ...containers]) {
    const done = allocate(policy, { state, pod: owner, container: one, reusable });
    if ('error' in done) return { error: done.error };
    ({ state, reusable } = done);
  }
  const defaultAfterAllocate = formatCpus(state.defaultCpuSet);
  if (input.remove === undefined) return { defaultAfterAllocate };
  const after = release(state, owner.metadata.uid, input.remove);
  return { defaultAfterAllocate, defaultAfterRemove: formatCpus(after.defaultCpuSet) };
}

function removed({ input }: VectorCase<{ state: ShortState; pod: string; container: string }>) {
  const after = release(stateOf(input.state), input.pod, input.container);
  return { defaultCpuSet: formatCpus(after.defaultCpuSet) };
}

interface RestoreExpected {
  readonly error?: null;
  readonly errorContains?: readonly string[];
}

const DIRECTORY = 'DIR';

function restore({
  input,
  expected,
}: VectorCase<{ file: unknown; configuredPolicy: string }, RestoreExpected>) {
  const text = typeof input.file === 'string' ? input.file : JSON.stringify(input.file);
  const started = startCpuManager({
    ...DEFAULTS,
    policyName: input.configuredPolicy,
    checkpoint: text,
  });
  if ('error' in started) return { errorContains: contained(started.error, expected.errorContains) };
  return { error: null, state: shortState(started.state) };
}

/** Those of the wanted parts that are in the text; the whole text when one is not. */
function contained(text: string, wanted: readonly string[] = []): readonly string[] {
  return wanted.every((part) => text.includes(part)) ? wanted : [text];
}

const DEFAULTS = {
  directory: DIRECTORY,
  topology: uniformTopology(8),
  reservedMilliCpu: 1000,
  options: {},
  alphaOptions: false,
} as const;

function storeRestore({ input }: VectorCase<{ state: ShortState }>) {
  const back = readCheckpoint(writeCheckpoint('none', stateOf(input.state)), 'none');
  return 'error' in back ? back : { state: shortState(back) };
}

interface KubeletStartInput {
  readonly configuredPolicy: string;
  readonly file?: unknown;
  readonly reservedCpu?: string;
}

/** The remarks for the reader (`log`, `fix`) are nothing that code could give. */
function kubeletStart({ input, expected }: VectorCase<KubeletStartInput, Record<string, unknown>>) {
  const { configuredPolicy: policyName, file, reservedCpu = '1' } = input;
  const started = startCpuManager({
    ...DEFAULTS,
    policyName,
    reservedMilliCpu: quantityMilliValue(mustParseQuantity(reservedCpu)),
    ...(file === undefined ? {} : { checkpoint: JSON.stringify(file) }),
  });
  if (!('error' in started)) return { ...expected, starts: true };
  const part = expected.errorContains;
  if (typeof part !== 'string') return { ...expected, starts: false, errorForm: started.error };
  return { ...expected, starts: false, errorContains: started.error.includes(part) ? part : started.error };
}

interface FileInput extends ShortState {
  readonly policy: string;
}

interface FileExpected {
  readonly example: { readonly checksum: number };
}

function fileFormat({ input, expected }: VectorCase<FileInput, FileExpected>) {
  const text = writeCheckpoint(input.policy, stateOf(input));
  const example = JSON.parse(text) as Record<string, unknown>;
  return {
    path: `ROOT/${CHECKPOINT_FILE}`,
    keyOrder: Object.keys(example),
    // The example stands for any checksum: it has none of its own.
    example: { ...example, checksum: expected.example.checksum === 0 ? 0 : example.checksum },
  };
}

function reservedCount({ input }: VectorCase<{ reservedCpu: string }>) {
  return { reservedCount: reservedCpuCount(quantityMilliValue(mustParseQuantity(input.reservedCpu))) };
}

interface AdmitExpected {
  readonly smtCase?: { readonly message: string };
}

function admitted({ input, expected }: VectorCase<{ allocateError: string }, AdmitExpected>) {
  const { reason, message } = allocationRejection({ error: input.allocateError });
  const smt = expected.smtCase;
  return {
    admit: false,
    phase: 'Failed',
    reason,
    messageForm: message,
    ...(smt === undefined
      ? {}
      : { smtCase: allocationRejection({ error: smt.message, smtAlignment: true }) }),
  };
}

export default {
  groups: {
    start,
    allocate: allocated,
    'allocate-then-remove': (vector: VectorCase<PolicyInput>) => allocateAll(vector),
    remove: removed,
    restore,
    'store-restore': storeRestore,
    'kubelet-start': kubeletStart,
    'file-format': fileFormat,
    'reserved-count': reservedCount,
    admit: admitted,
  },
} satisfies VectorAdapter;
