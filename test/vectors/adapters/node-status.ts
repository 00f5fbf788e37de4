/** node-status.json: the node's conditions, what skips pod syncs, and what the control plane makes of a node. */
import { DEFAULT_CONFIGURATION } from '../../../src/api/kubelet-configuration/defaulting.ts';
import type { NodeCondition, PodStatus, Toleration } from '../../../src/api/types.ts';
import {
  isLost,
  lostConditions,
  MONITOR_GRACE_MS,
  notReadyStatus,
  taintDeletionCondition,
} from '../../../src/cluster/node-lifecycle/lost-node.ts';
import {
  evictionMarked,
  podNodeNotReady,
  tolerationMs,
} from '../../../src/cluster/node-lifecycle/taint-eviction.ts';
import {
  NEW_NODE_TAINT,
  noExecuteKey,
  noScheduleKeys,
  UNREACHABLE,
} from '../../../src/cluster/node-lifecycle/taints.ts';
import {
  daemonSetTolerations,
  defaultTolerations,
  qosTolerations,
} from '../../../src/cluster/node-lifecycle/tolerations.ts';
import { aggregateErrors } from '../../../src/kubelet/aggregate-errors.ts';
import { nodeStatusIs } from '../../../src/kubelet/events/node-texts.ts';
import { networkNotReady } from '../../../src/kubelet/events/texts.ts';
import { RENEW_FRACTION } from '../../../src/kubelet/lease/lease.ts';
import {
  type ConditionDecision,
  type PressureType,
  pressureCondition,
  readyCondition,
} from '../../../src/kubelet/node-status/conditions.ts';
import { schedulableNews } from '../../../src/kubelet/node-status/schedulable.ts';
import { RELIST_PERIOD_MS, RELIST_THRESHOLD_MS } from '../../../src/kubelet/pleg/pleg.ts';
import {
  RUNTIME_DOWN_AFTER_MS,
  RUNTIME_SYNC_PERIOD_MS,
  type RuntimeState,
  runtimeErrors,
  SKIPPING,
  withRuntimeStatus,
} from '../../../src/kubelet/runtime-state/runtime-state.ts';
import { parseDuration } from '../../../src/lib/duration.ts';
import { formatTime } from '../../../src/lib/time.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

const NOW_MS = Date.UTC(2026, 0, 1, 12);
const BEFORE_MS = Date.UTC(2026, 0, 1);
const named = (time: string | undefined) =>
  ({ [formatTime(NOW_MS)]: 'now', [formatTime(BEFORE_MS)]: 'before' })[time ?? ''];

type Fields = Readonly<Record<string, unknown>>;

/** The answer's fields that the case asks for, with its prose beside them: who does a thing, what comes then. */
function asked(answer: Fields, expected: Fields): Fields {
  const prose = Object.entries(expected).filter(([key]) => PROSE.has(key));
  const fields = Object.entries(answer).filter(([key]) => Object.hasOwn(expected, key));
  return Object.fromEntries([...fields, ...prose]);
}
const PROSE = new Set(['note', 'who', 'then', 'legacyReason', 'runningPods']);

function previousOf(type: string, status: string | null): NodeCondition | undefined {
  const time = formatTime(BEFORE_MS);
  return status === null ? undefined : { type, status, lastHeartbeatTime: time, lastTransitionTime: time };
}

function decided({ condition, eventReason }: ConditionDecision) {
  const { lastHeartbeatTime, lastTransitionTime, ...words } = condition;
  const event = eventReason === undefined ? undefined : nodeStatusIs('NAME', eventReason);
  return {
    ...words,
    lastHeartbeatTime: named(lastHeartbeatTime),
    lastTransitionTime: named(lastTransitionTime),
    events: event === undefined ? [] : [{ type: event.type, reason: event.reason }],
  };
}

interface ReadyCase {
  readonly previous: string | null;
  readonly capacity: Fields;
  readonly appArmor?: string;
  readonly softRequirements?: string;
  readonly runtimeErrors?: string;
  readonly networkErrors?: string;
  readonly storageErrors?: string;
  readonly shutdownErrors?: string;
}

const list = (error: string | undefined) => (error === undefined ? [] : [error]);

function ready({ input }: VectorCase<ReadyCase>) {
  const { previous, capacity, softRequirements } = input;
  const decision = readyCondition(
    {
      runtimeErrors: list(input.runtimeErrors),
      networkErrors: list(input.networkErrors),
      storageErrors: list(input.storageErrors),
      shutdownErrors: list(input.shutdownErrors),
      capacity,
      appArmor: input.appArmor === 'ok',
      ...(softRequirements === undefined ? {} : { softRequirements }),
    },
    previousOf('Ready', previous),
    NOW_MS,
  );
  return decided(decision);
}

interface PressureCase {
  readonly condition: PressureType;
  readonly previous: string | null;
  readonly pressure: boolean;
}

function pressure({ input: { condition, previous, pressure: isUnder } }: VectorCase<PressureCase>) {
  return decided(pressureCondition(condition, isUnder, previousOf(condition, previous), NOW_MS));
}

interface RuntimeCase {
  /** Null: it has never answered. */
  readonly lastRuntimeSyncAgoSeconds?: number | null;
  readonly pleg?: string;
  readonly plegAgo?: string;
  readonly networkReady?: boolean;
  readonly runtimeReady?: boolean;
}

/** What the runtime says when the case does not tell; `REASON` stands for its words. */
const NO_CNI = {
  reason: 'NetworkPluginNotReady',
  message: 'Network plugin returns error: cni plugin not initialized',
};

function runtimeStateOf(input: RuntimeCase): RuntimeState {
  const { lastRuntimeSyncAgoSeconds: ago = 0, networkReady = true, runtimeReady = true } = input;
  const up = { ready: true, reason: '', message: '' };
  const runtime = runtimeReady ? up : { ready: false, reason: 'REASON', message: 'MESSAGE' };
  const network = networkReady ? up : { ready: false, ...NO_CNI };
  const before =
    ago === null ? {} : withRuntimeStatus({}, { runtime: up, network: up }, NOW_MS - ago * 1_000);
  return runtimeReady && networkReady ? before : withRuntimeStatus(before, { runtime, network }, NOW_MS);
}

function errorsOf({ input, expected }: VectorCase<RuntimeCase, Fields>) {
  const state = runtimeStateOf(input);
  const plegAgoMs = input.plegAgo === undefined ? 0 : (parseDuration(input.plegAgo) ?? 0);
  // Neither `ok` nor a time: it has not come back once.
  const isRelisted = input.plegAgo !== undefined || (input.pleg ?? 'ok') === 'ok';
  const errors = runtimeErrors(
    state,
    { relistTimeMs: isRelisted ? NOW_MS - plegAgoMs : -1, thresholdMs: RELIST_THRESHOLD_MS },
    NOW_MS,
  );
  const networkErrors = list(state.networkError);
  const message = aggregateErrors([...errors, ...networkErrors]);
  const none = { storageErrors: [], shutdownErrors: [] };
  const capacity = { cpu: '', memory: '', pods: '', 'ephemeral-storage': '' };
  const { condition } = readyCondition(
    { runtimeErrors: errors, networkErrors, ...none, capacity },
    undefined,
    NOW_MS,
  );
  const podEvent = networkNotReady(message);
  return asked(
    {
      message,
      skipsPodSync: errors.length > 0,
      readyCondition: condition.status,
      podEvent: { ...podEvent, message: cut(podEvent.message, expected.podEvent as Fields | undefined) },
      log: errors.length > 0 ? SKIPPING : undefined,
    },
    expected,
  );
}

/** A text that the case cuts short with `...` is told as far as the case goes. */
function cut(text: string, expected: Fields | undefined): string {
  const whole = String(expected?.message ?? '');
  const begin = whole.replace(/\.\.\.$/, '');
  return whole !== begin && text.startsWith(begin) ? whole : text;
}

function constants({ expected }: VectorCase<unknown, Fields>) {
  const seconds = (ms: number) => ms / 1_000;
  const config = DEFAULT_CONFIGURATION;
  return asked(
    {
      nodeStatusUpdateFrequencySeconds: seconds(config.nodeStatusUpdateFrequencyMs),
      nodeStatusReportFrequencySeconds: seconds(config.nodeStatusReportFrequencyMs),
      leaseDurationSeconds: config.nodeLeaseDurationSeconds,
      leaseRenewSeconds: config.nodeLeaseDurationSeconds * RENEW_FRACTION,
      runtimeSyncSeconds: seconds(RUNTIME_SYNC_PERIOD_MS),
      runtimeDownAfterSeconds: seconds(RUNTIME_DOWN_AFTER_MS),
      plegRelistSeconds: seconds(RELIST_PERIOD_MS),
      plegThresholdSeconds: seconds(RELIST_THRESHOLD_MS),
    },
    expected,
  );
}

interface TaintCase {
  readonly condition?: string;
  readonly status?: string;
  readonly unschedulable?: boolean;
  readonly newNode?: boolean;
}

function taint({ input, expected }: VectorCase<TaintCase, Fields>) {
  const { condition: type = '', status = '', unschedulable = false, newNode = false } = input;
  if (newNode) return asked({ key: NEW_NODE_TAINT.key, effects: [NEW_NODE_TAINT.effect] }, expected);
  const [key] = noScheduleKeys([{ type, status }], unschedulable);
  const alsoExecute = type === 'Ready' && noExecuteKey(status) !== undefined;
  return asked({ key, effects: ['NoSchedule', ...(alsoExecute ? ['NoExecute'] : [])] }, expected);
}

const words = ({ status, reason, message }: NodeCondition) => ({ status, reason, message });

function nodeLost({ input, expected }: VectorCase<{ readonly heartbeatAgoSeconds: number }, Fields>) {
  const posted = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'].map(
    (type): NodeCondition => ({ type, status: type === 'Ready' ? 'True' : 'False' }),
  );
  const lost = isLost(input.heartbeatAgoSeconds * 1_000, true);
  const after = lost ? lostConditions(posted, formatTime(BEFORE_MS), NOW_MS) : posted;
  const [never] = lostConditions([], formatTime(BEFORE_MS), NOW_MS);
  return asked(
    {
      conditions: Object.fromEntries(after.map((condition) => [condition.type, words(condition)])),
      neverPosted: { reason: never?.reason, message: never?.message },
      gracePeriodSeconds: MONITOR_GRACE_MS / 1_000,
    },
    expected,
  );
}

function lostPods({ expected }: VectorCase<unknown, Fields>) {
  const running: PodStatus = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  const status = notReadyStatus(running, NOW_MS);
  const { type, status: isTrue, reason, message } = taintDeletionCondition(NOW_MS);
  const tolerations = defaultTolerations([]);
  const { note } = (expected.readyCondition ?? {}) as Fields;
  return asked(
    {
      readyCondition: { status: status?.conditions?.[0]?.status, ...(note === undefined ? {} : { note }) },
      event: podNodeNotReady(),
      nodeEvent: nodeStatusIs('NAME', 'NodeNotReady'),
      evictedAfterSeconds:
        Number(tolerationMs(tolerations, [{ key: UNREACHABLE, effect: 'NoExecute' }])) / 1_000,
      deletionCondition: { type, status: isTrue, reason, message },
      evictionEvent: evictionMarked('NS', 'NAME'),
    },
    expected,
  );
}

interface TolerationCase {
  readonly tolerations?: readonly Toleration[];
  readonly owner?: string;
  readonly qos?: string;
}

function tolerations({ input, expected }: VectorCase<TolerationCase, Fields>) {
  const { tolerations: own, owner, qos } = input;
  if (owner === 'DaemonSet') {
    const usual = daemonSetTolerations(false);
    const [also] = daemonSetTolerations(true).slice(usual.length);
    return asked({ tolerations: usual, hostNetworkAlso: `${also?.key} ${also?.effect}` }, expected);
  }
  if (qos !== undefined) {
    const added = qosTolerations(/Burstable|Guaranteed/.test(qos) ? 'Burstable' : 'BestEffort');
    return asked({ added }, expected);
  }
  const added = defaultTolerations(own ?? []);
  return asked({ added, tolerations: [...(own ?? []), ...added] }, expected);
}

function unschedulable({ input, expected }: VectorCase<{ readonly value: boolean }, Fields>) {
  const news = schedulableNews(!input.value, input.value);
  return asked({ event: news && nodeStatusIs('NAME', news) }, expected);
}

export default {
  groups: {
    ready,
    pressure,
    'runtime-errors': errorsOf,
    constants,
    taint,
    'node-lost': nodeLost,
    'node-lost-pods': lostPods,
    'default-tolerations': tolerations,
    unschedulable,
  },
} satisfies VectorAdapter;
