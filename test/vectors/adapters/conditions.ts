/** conditions.json: each condition of a pod, and the merge before a status is sent. */
import type { ContainerStatusApi, PodCondition, PodPhase, PodStatus } from '../../../src/api/types.ts';
import { podSandboxChanged, type SandboxChange } from '../../../src/kubelet/pod-actions/sandbox-changed.ts';
import {
  allContainersRestartingCondition,
  containersReadyCondition,
  initializedCondition,
  readyCondition,
  readyToStartContainersCondition,
} from '../../../src/kubelet/status/conditions.ts';
import {
  insecureGroupIdCondition,
  insecureUserIdCondition,
} from '../../../src/kubelet/status/insecure-ids.ts';
import { mergePodStatus } from '../../../src/kubelet/status/merge.ts';
import { container, containerState, pod, record, type ShortContainer } from '../../kubelet/fixtures.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';
import { shortSandbox } from './compute-pod-actions.ts';

interface ShortStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly started?: boolean;
  readonly state?: 'running' | 'waiting' | 'terminated';
}

interface ReadinessCase {
  readonly spec: {
    readonly initContainers: readonly ShortContainer[];
    readonly containers: readonly ShortContainer[];
    readonly readinessGates: readonly string[];
  };
  readonly podConditions?: Readonly<Record<string, string>>;
  readonly containerStatuses: readonly ShortStatus[] | null;
  readonly phase: PodPhase;
}

const STATES = {
  running: { running: {} },
  waiting: { waiting: {} },
  terminated: { terminated: { exitCode: 0 } },
};

function apiStatus(short: ShortStatus): ContainerStatusApi {
  return {
    name: short.name,
    image: '',
    imageID: '',
    ready: short.ready ?? false,
    restartCount: 0,
    ...(short.started === undefined ? {} : { started: short.started }),
    ...(short.state ? { state: STATES[short.state] } : {}),
  };
}

function readinessInput(input: ReadinessCase) {
  return {
    pod: pod({
      initContainers: input.spec.initContainers.map(container),
      containers: input.spec.containers.map(container),
      readinessGates: input.spec.readinessGates.map((conditionType) => ({ conditionType })),
    }),
    statuses: input.containerStatuses?.map(apiStatus),
    phase: input.phase,
  };
}

const words = ({ status, reason = '', message = '' }: PodCondition) => ({ status, reason, message });

interface SandboxCase {
  readonly hostNetwork: boolean;
  readonly sandboxes: readonly {
    readonly state: 'ready' | 'notready';
    readonly attempt: number;
    readonly ip?: string;
    readonly networkNamespace?: string;
  }[];
}

/** Only the names of these constants are known, not their texts. */
const MESSAGE_CONSTANTS: Readonly<Record<SandboxChange, string | undefined>> = {
  none: undefined,
  noSandbox: 'PodSandboxNotReadyMsgNoPodSandbox',
  multipleReady: 'PodSandboxNotReadyMsgMultipleSandboxes',
  notReady: 'PodSandboxNotReadyMsgSandboxNotReady',
  networkMode: 'PodSandboxNotReadyMsgNetworkNamespaceMode',
  noIP: 'PodSandboxNotReadyMsgNoIPAddress',
};

function readyToStart(input: SandboxCase) {
  const desired = pod({ hostNetwork: input.hostNetwork });
  const runtimePod = {
    podUid: 'uid-1',
    sandboxes: input.sandboxes.map((short) => shortSandbox(short, input.hostNetwork)),
    containers: [],
  };
  const messageConstant = MESSAGE_CONSTANTS[podSandboxChanged(desired, runtimePod).change];
  return {
    status: readyToStartContainersCondition(desired, runtimePod).status,
    reasonConstant: messageConstant && 'PodSandboxNotReadyReason',
    messageConstant,
  };
}

interface RestartingCase {
  readonly containers: readonly ShortContainer[];
  readonly runtimeStatuses: readonly { name: string; state: string; exitCode?: number }[];
  readonly previousConditionTrue: boolean | null;
  readonly phase: PodPhase;
}

function restarting(input: RestartingCase) {
  const previous: PodStatus = {
    conditions: input.previousConditionTrue ? [{ type: 'AllContainersRestarting', status: 'True' }] : [],
  };
  const containers = input.runtimeStatuses.map((short) =>
    record(short.name, { state: containerState(short.state), exitCode: short.exitCode ?? 0 }),
  );
  return words(
    allContainersRestartingCondition(
      pod({ containers: input.containers.map(container) }),
      { podUid: 'uid-1', sandboxes: [], containers },
      previous,
      input.phase,
    ),
  );
}

interface ShortPodStatus {
  readonly phase: PodPhase;
  readonly conditions: Readonly<Record<string, readonly [string, string]>>;
  readonly reason: string;
  readonly message: string;
}

interface MergeCase {
  readonly couldHaveRunningContainers: boolean;
  readonly old: ShortPodStatus;
  readonly new: ShortPodStatus;
}

function longStatus(short: ShortPodStatus): PodStatus {
  const conditions = Object.entries(short.conditions).map(([type, [status, reason]]) => ({
    type,
    status,
    reason,
  }));
  return { phase: short.phase, reason: short.reason, message: short.message, conditions };
}

function merge(input: MergeCase) {
  const merged = mergePodStatus(
    longStatus(input.old),
    longStatus(input.new),
    input.couldHaveRunningContainers,
  );
  return {
    phase: merged.phase,
    reason: merged.reason ?? '',
    message: merged.message ?? '',
    conditions: Object.fromEntries(
      (merged.conditions ?? []).map(({ type, status, reason = '' }) => [type, [status, reason]]),
    ),
  };
}

interface InsecureCase {
  readonly pod: {
    readonly hostUsers?: boolean;
    readonly runAsUser?: number;
    readonly runAsGroup?: number;
    readonly fsGroup?: number;
    readonly supplementalGroups?: number[];
    readonly containers?: readonly ShortUser[];
    readonly initContainers?: readonly ShortUser[];
    readonly ephemeralContainers?: readonly ShortUser[];
  };
  readonly reportedUsers: Readonly<
    Record<string, { uid: number; gid: number; supplementalGroups: number[] } | null>
  >;
}

interface ShortUser {
  readonly name: string;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
}

interface InsecureExpected {
  readonly messageContains: readonly string[];
  readonly messageExcludes: readonly string[];
}

const withUser = ({ name, ...securityContext }: ShortUser) => ({ name, securityContext });

function insecure(
  { pod: short, reportedUsers }: InsecureCase,
  expected: InsecureExpected,
  generate: typeof insecureUserIdCondition,
) {
  const { hostUsers, containers = [], initContainers = [], ephemeralContainers = [], ...shared } = short;
  const desired = pod({
    ...(hostUsers === undefined ? {} : { hostUsers }),
    securityContext: shared,
    containers: containers.map(withUser),
    initContainers: initContainers.map(withUser),
    ephemeralContainers: ephemeralContainers.map(withUser),
  });
  const statuses = Object.entries(reportedUsers).map(([name, user]) => ({
    ...apiStatus({ name }),
    ...(user === null ? {} : { user: { linux: user } }),
  }));
  const { status, reason, message } = words(generate({ pod: desired, statuses }));
  return {
    status,
    reason,
    messageContains: expected.messageContains.filter((text) => message.includes(text)),
    messageExcludes: expected.messageExcludes.filter((text) => !message.includes(text)),
  };
}

type Input = InsecureCase & ReadinessCase & SandboxCase & RestartingCase & MergeCase;

function condition({ input, fields, expected }: VectorCase<Input, InsecureExpected>) {
  switch (fields.condition) {
    case 'ContainersReady':
      return words(containersReadyCondition(readinessInput(input)));
    case 'Ready': {
      const set = Object.entries(input.podConditions ?? {}).map(([type, status]) => ({ type, status }));
      return words(readyCondition(readinessInput(input), set));
    }
    case 'Initialized': {
      // Here the file holds status and reason only.
      const { status, reason } = words(initializedCondition(readinessInput(input)));
      return { status, reason };
    }
    case 'PodReadyToStartContainers':
      return readyToStart(input);
    case 'AllContainersRestarting':
      return restarting(input);
    case 'InsecureUserID':
      return insecure(input, expected, insecureUserIdCondition);
    case 'InsecureGroupID':
      return insecure(input, expected, insecureGroupIdCondition);
    case 'merge':
      return merge(input);
    default:
      throw new Error(`no such condition here: ${fields.condition}`);
  }
}

export default { groups: { '': condition } } satisfies VectorAdapter;
