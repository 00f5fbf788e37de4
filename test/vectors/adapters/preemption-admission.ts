/** preemption-admission.json: why a node refuses a pod, and which pods make room for a critical one. */
import { countedAmounts } from '../../../src/api/pod-requests.ts';
import { formatQuantity } from '../../../src/api/quantity/format.ts';
import { mustParseQuantity } from '../../../src/api/quantity/parse.ts';
import { amountsOf } from '../../../src/api/resource-list.ts';
import type { Pod, PodSpec } from '../../../src/api/types.ts';
import { type Admission, type AdmitAttributes, admit } from '../../../src/kubelet/admission/admit.ts';
import {
  type InsufficientResource,
  insufficientAmount,
  type PredicateFailure,
  type Rejection,
  rejectionOf,
  TOPOLOGY_AFFINITY,
  UNEXPECTED,
} from '../../../src/kubelet/admission/failure.ts';
import { type NodeInfo, predicateFailures } from '../../../src/kubelet/admission/predicates.ts';
import { isCriticalPod, isPreemptable } from '../../../src/kubelet/critical-pod.ts';
import { CONFIG_ANNOTATION } from '../../../src/kubelet/pod-manager/pod-kinds.ts';
import {
  distance,
  podsToPreempt,
  type Requirement,
  recoverAdmission,
  subtract,
} from '../../../src/kubelet/preemption/victims.ts';
import { rejectedStatus } from '../../../src/kubelet/status/rejected.ts';
import { pod } from '../../kubelet/fixtures.ts';
import type { VectorAdapter, VectorCase, VectorFile } from '../adapter.ts';

type Amounts = Readonly<Record<string, string | number>>;
type Fields = Readonly<Record<string, unknown>>;

interface Fixture {
  readonly requests: Amounts;
  readonly limits: Amounts;
  readonly critical: boolean;
}

interface Insufficient {
  readonly resource: string;
  readonly requested: number;
  readonly used: number;
  readonly capacity: number;
}

interface AdmitInput {
  readonly insufficient?: Insufficient | readonly Insufficient[];
  readonly nodeSelector?: PodSpec['nodeSelector'];
  readonly affinity?: PodSpec['affinity'];
  readonly nodeLabels?: NodeInfo['labels'];
  readonly hostPort?: number;
  readonly nodeName?: string;
  readonly taints?: NodeInfo['taints'];
  readonly tolerations?: PodSpec['tolerations'];
  readonly static?: boolean;
  readonly mirror?: boolean;
  readonly priority?: number;
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly os?: string;
  readonly supplementalGroupsPolicy?: 'Merge' | 'Strict';
  readonly nodeSupports?: boolean;
  readonly nodeError?: boolean;
  readonly allocateError?: string;
  readonly pluginResourceError?: string;
  readonly preemptionError?: string;
  readonly reasons?: readonly string[];
  readonly nodeConditions?: readonly string[];
  readonly qos?: string;
  readonly critical?: boolean;
  readonly sysctls?: readonly string[];
  readonly allowed?: readonly string[];
  readonly policy?: string;
  readonly preferred?: boolean;
}

const CRITICAL_PRIORITY = 2_000_000_000;

/** A pod that asks for this much, and for no more than `limits`. */
function asking(requests: Amounts, limits: Amounts = {}, spec: Partial<PodSpec> = {}, name = 'web'): Pod {
  const resources = { requests: { ...requests }, limits: { ...limits } };
  return pod({ containers: [{ name: 'app', image: 'x', resources }], ...spec }, { name, uid: name });
}

/** Thousandths of a CPU as the API writes them; everything else is a plain number. */
const written = (resource: string, amount: number) => (resource === 'cpu' ? `${amount}m` : String(amount));

const listOf = (value: Insufficient | readonly Insufficient[] = []) =>
  Array.isArray(value) ? (value as readonly Insufficient[]) : [value as Insufficient];

/** The pods of the node: as many as are counted, the first of them using all that is used. */
function neighbours(short: readonly Insufficient[]): Pod[] {
  const used = short.filter(({ resource, used }) => resource !== 'pods' && used > 0);
  const requests = Object.fromEntries(used.map((one) => [one.resource, written(one.resource, one.used)]));
  const count = short.find(({ resource }) => resource === 'pods')?.used ?? (used.length > 0 ? 1 : 0);
  return Array.from({ length: count }, (_, i) => asking(i === 0 ? requests : {}, {}, {}, `other-${i}`));
}

const QOS: Readonly<Record<string, [requests: Amounts, limits: Amounts]>> = {
  BestEffort: [{}, {}],
  Burstable: [{ memory: '1Mi' }, {}],
  Guaranteed: [
    { cpu: '1m', memory: '1Mi' },
    { cpu: '1m', memory: '1Mi' },
  ],
};

function podOf(input: AdmitInput, short: readonly Insufficient[]): Pod {
  const wanted = short.filter(({ resource }) => resource !== 'pods');
  const [requests, limits] = QOS[input.qos ?? ''] ?? [
    Object.fromEntries(wanted.map((one) => [one.resource, written(one.resource, one.requested)])),
    {},
  ];
  const { nodeSelector, affinity, nodeName, tolerations, sysctls, supplementalGroupsPolicy } = input;
  const made = asking(requests, limits, {
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(affinity === undefined ? {} : { affinity }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(tolerations === undefined ? {} : { tolerations }),
    ...(input.os === undefined ? {} : { os: { name: input.os } }),
    priority: input.priority ?? (input.critical ? CRITICAL_PRIORITY : 0),
    securityContext: {
      sysctls: (sysctls ?? []).map((name) => ({ name, value: '1' })),
      ...(supplementalGroupsPolicy === undefined ? {} : { supplementalGroupsPolicy }),
    },
  });
  const annotations: Record<string, string> = {
    ...(input.static && { [CONFIG_ANNOTATION.source]: 'file' }),
    ...(input.mirror && { [CONFIG_ANNOTATION.mirror]: 'hash' }),
  };
  const metadata = {
    ...made.metadata,
    labels: { ...input.podLabels },
    annotations,
  };
  return withPort({ ...made, metadata }, input.hostPort);
}

function withPort(of: Pod, hostPort: number | undefined): Pod {
  const [first] = of.spec.containers;
  if (hostPort === undefined || first === undefined) return of;
  const ports = [{ containerPort: hostPort, hostPort }];
  return { ...of, spec: { ...of.spec, containers: [{ ...first, ports }] } };
}

function attributesOf(input: AdmitInput): AdmitAttributes {
  const short = listOf(input.insufficient);
  const capacity = short.map(({ resource, capacity }) => [resource, capacity] as const);
  const others = neighbours(short);
  const node: NodeInfo = {
    name: 'here',
    labels: input.nodeLabels ?? {},
    taints: input.taints ?? [],
    allocatable: new Map([['pods', 1000], ...capacity]),
    supplementalGroupsPolicy: input.nodeSupports === true,
  };
  return {
    pod: podOf(input, short),
    others: input.hostPort === undefined ? others : [withPort(asking({}, {}, {}, 'other'), input.hostPort)],
    node: input.nodeError ? undefined : node,
    pressures: input.nodeConditions ?? [],
    allowedSysctls: input.allowed ?? [],
    roomMade: false,
    shuttingDown: false,
  };
}

/** What failed outside of the node's own checks: devices, CPUs, preemption. */
function given(input: AdmitInput): Rejection | undefined {
  if (input.allocateError !== undefined) return UNEXPECTED.allocate(input.allocateError);
  if (input.pluginResourceError !== undefined) return UNEXPECTED.pluginResources(input.pluginResourceError);
  if (input.preemptionError !== undefined) return UNEXPECTED.preempt(input.preemptionError);
  if (input.reasons !== undefined) return rejectionOf(input.reasons.map(failureOf));
  return input.preferred === false ? TOPOLOGY_AFFINITY : undefined;
}

function admission({ input, expected }: VectorCase<AdmitInput, Fields>): unknown {
  const attributes = attributesOf(input);
  const refused = given(input);
  const answer: Admission = refused === undefined ? admit(attributes) : { type: 'rejected', ...refused };
  if (answer.type !== 'rejected') return { admit: true };
  const status = rejectedStatus(attributes.pod, answer, 0);
  const [first] = attributes.node
    ? predicateFailures(attributes.pod, attributes.others, attributes.node)
    : [];
  // `units` and `order` are the file's own remarks.
  const { units, order } = expected;
  return {
    admit: false,
    phase: status.phase,
    reason: status.reason,
    messageInStatus: status.message,
    handlerMessage: answer.message,
    units,
    order,
    ...('insufficientAmount' in expected && first?.type === 'resource'
      ? { insufficientAmount: insufficientAmount(first) }
      : {}),
  };
}

function fixture(file: VectorFile, name: string): Pod {
  const { requests, limits, critical } = (file.fixtures as Readonly<Record<string, Fixture>>)[
    name
  ] as Fixture;
  return asking(requests, limits, { priority: critical ? CRITICAL_PRIORITY : 0 }, name);
}

const requirements = (amounts: Amounts): Requirement[] =>
  [...countedAmounts(amountsOf(amounts))].map(([resource, amount]) => ({ resource, amount }));

const CRITICAL = asking({}, {}, { priority: CRITICAL_PRIORITY }, 'newcomer');

interface PreemptInput {
  readonly running: readonly string[];
  readonly insufficient: Amounts;
}

function preempt({ input, expected }: VectorCase<PreemptInput, Fields>, file: VectorFile): unknown {
  const running = input.running.map((name) => fixture(file, name));
  const victims = podsToPreempt(CRITICAL, running, requirements(input.insufficient));
  if ('error' in victims) return { error: true };
  const names = victims.map(({ metadata }) => metadata.name);
  const { orderSignificant, preempted } = expected;
  const sameSet =
    Array.isArray(preempted) &&
    orderSignificant === false &&
    names.toSorted().join() === preempted.toSorted().join();
  return { preempted: sameSet ? preempted : names, orderSignificant };
}

/** `OutOfcpu` is want of a resource, everything else a predicate. */
function failureOf(reason: string): PredicateFailure {
  const resource = /^OutOf(.+)$/.exec(reason)?.[1];
  if (resource === undefined) return { type: 'predicate', name: reason, description: '' };
  return { type: 'resource', resource, requested: 1, used: 1, capacity: 1 } satisfies InsufficientResource;
}

interface FailureInput {
  readonly critical: boolean;
  readonly reasons: readonly string[];
}

function handleFailure({ input }: VectorCase<FailureInput>): unknown {
  const wanting = asking({}, {}, { priority: input.critical ? CRITICAL_PRIORITY : 0 }, 'newcomer');
  const recovery = recoverAdmission(wanting, [], input.reasons.map(failureOf));
  if (recovery.type === 'preempts') {
    return { admit: true, reasonsLeft: [], preempted: recovery.victims.map(({ metadata }) => metadata.name) };
  }
  const left = recovery.type === 'refused' ? recovery.failures.map((one) => rejectionOf([one]).reason) : [];
  return { admit: false, reasonsLeft: left, preempted: [] };
}

interface ArithmeticInput {
  readonly requirements: Amounts;
  readonly pod: string;
}

/** Which of these pods counts as critical, and which may push which off: the sentences where all of it is so. */
function rule({ expected }: VectorCase<unknown, Fields>) {
  const plain = podOf({ static: false, priority: 0 }, []);
  const important = podOf({ static: false, priority: 1_999_999_999 }, []);
  const critical = podOf({ static: false, priority: 2_000_000_000 }, []);
  const node = podOf({ static: false, priority: 2_000_001_000 }, []);
  // The kubelet gives what comes from a file this priority.
  const ofFile = podOf({ static: true, priority: 2_000_001_000 }, []);
  const mirror = podOf({ mirror: true, priority: 0 }, []);
  const isCritical = [plain, important, critical, node, ofFile, mirror].map(isCriticalPod);
  const pushes = {
    'critical any that is not': [critical, ofFile].every((one) => isPreemptable(one, important)),
    'the higher of two critical': isPreemptable(node, critical) && !isPreemptable(critical, node),
    'a static pod by none that is not critical': ![plain, important].some(
      (one) => isPreemptable(one, ofFile) && !isCriticalPod(one),
    ),
  };
  const isSo = isCritical.join() === 'false,false,true,true,true,true';
  return {
    critical: isSo ? expected.critical : isCritical,
    rule: Object.values(pushes).every(Boolean) ? expected.rule : pushes,
  };
}

const adapter: VectorAdapter = {
  groups: {
    admit: admission,
    preempt,
    'handle-failure': handleFailure,
    distance: ({ input, expected }: VectorCase<ArithmeticInput, Fields>, file) => ({
      distance: distance(requirements(input.requirements), fixture(file, input.pod)),
      form: expected.form,
    }),
    subtract: ({ input }: VectorCase<ArithmeticInput>, file) => {
      const left = subtract(requirements(input.requirements), [fixture(file, input.pod)]);
      const told = left.map(({ resource, amount }) => {
        const sample = String(input.requirements[resource]);
        const quantity = mustParseQuantity(written(resource, amount));
        return [resource, formatQuantity({ ...quantity, format: mustParseQuantity(sample).format })];
      });
      return { left: Object.fromEntries(told) };
    },
    rule,
    'is-critical': ({ input }: VectorCase<{ static: boolean; mirror?: boolean; priority: number }>) => {
      const { critical: _own, ...asked } = { critical: false, ...input };
      return { critical: isCriticalPod(podOf(asked, [])) };
    },
  },
};
export default adapter;
