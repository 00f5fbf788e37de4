/**
 * The conditions of the Node: whether pods can run on it, and what it runs short of. Each decision gives the
 * condition and the reason of the event that goes with a change. Follows pkg/kubelet/nodestatus/setters.go.
 */
import type { ConditionStatus, NodeCondition } from '../../api/types.ts';
import { formatTime } from '../../lib/time.ts';
import { aggregateErrors } from '../aggregate-errors.ts';

export type PressureType = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure';

/** In the order in which the kubelet lists them; Ready comes last (setters.go ReadyCondition says why). */
export const PRESSURES: readonly PressureType[] = ['MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** A condition as it is now, and the reason of the event about it; undefined when it is no news. */
export interface ConditionDecision {
  readonly condition: NodeCondition;
  readonly eventReason?: string;
}

/** What Ready depends on; errors are told in this order. */
export interface ReadyInput {
  readonly runtimeErrors: readonly string[];
  readonly networkErrors: readonly string[];
  readonly storageErrors: readonly string[];
  readonly shutdownErrors: readonly string[];
  /** The node's capacity by resource name. */
  readonly capacity: Readonly<Record<string, unknown>>;
  /** Whether the node enforces AppArmor profiles. */
  readonly appArmor?: boolean;
  /** What the container manager would like to have and does not. */
  readonly softRequirements?: string;
}

const REQUIRED_CAPACITIES = ['cpu', 'memory', 'pods', 'ephemeral-storage'];

/** Ready: True unless something is wrong; the first one ever comes without an event. */
export function readyCondition(
  input: ReadyInput,
  previous: NodeCondition | undefined,
  nowMs: number,
): ConditionDecision {
  const { runtimeErrors, networkErrors, storageErrors, shutdownErrors, capacity } = input;
  const errors = [...runtimeErrors, ...networkErrors, ...storageErrors, ...shutdownErrors];
  const missing = REQUIRED_CAPACITIES.filter((resource) => !Object.hasOwn(capacity, resource));
  if (missing.length > 0) errors.push(`missing node capacity for resources: ${missing.join(', ')}`);
  const ready = errors.length === 0;
  let message = ready ? 'kubelet is posting ready status' : aggregateErrors(errors);
  if (ready && input.appArmor) message += '. AppArmor enabled';
  if (input.softRequirements !== undefined) message += `. WARNING: ${input.softRequirements}`;
  const words = {
    status: ready ? 'True' : 'False',
    reason: ready ? 'KubeletReady' : 'KubeletNotReady',
  } as const;
  const condition = dated('Ready', { ...words, message }, previous, nowMs);
  const isNews = previous !== undefined && previous.status !== condition.status;
  return isNews ? { condition, eventReason: ready ? 'NodeReady' : 'NodeNotReady' } : { condition };
}

const PRESSURE_WORDS: Readonly<
  Record<PressureType, Record<'True' | 'False', { reason: string; message: string; eventReason: string }>>
> = {
  MemoryPressure: {
    True: {
      reason: 'KubeletHasInsufficientMemory',
      message: 'kubelet has insufficient memory available',
      eventReason: 'NodeHasInsufficientMemory',
    },
    False: {
      reason: 'KubeletHasSufficientMemory',
      message: 'kubelet has sufficient memory available',
      eventReason: 'NodeHasSufficientMemory',
    },
  },
  DiskPressure: {
    True: {
      reason: 'KubeletHasDiskPressure',
      message: 'kubelet has disk pressure',
      eventReason: 'NodeHasDiskPressure',
    },
    False: {
      reason: 'KubeletHasNoDiskPressure',
      message: 'kubelet has no disk pressure',
      eventReason: 'NodeHasNoDiskPressure',
    },
  },
  PIDPressure: {
    True: {
      reason: 'KubeletHasInsufficientPID',
      message: 'kubelet has insufficient PID available',
      eventReason: 'NodeHasInsufficientPID',
    },
    False: {
      reason: 'KubeletHasSufficientPID',
      message: 'kubelet has sufficient PID available',
      eventReason: 'NodeHasSufficientPID',
    },
  },
};

/** A pressure: what the eviction manager says; every change, and the first one ever, is an event. */
export function pressureCondition(
  type: PressureType,
  underPressure: boolean,
  previous: NodeCondition | undefined,
  nowMs: number,
): ConditionDecision {
  const status = underPressure ? 'True' : 'False';
  const { reason, message, eventReason } = PRESSURE_WORDS[type][status];
  const condition = dated(type, { status, reason, message }, previous, nowMs);
  return previous?.status === status ? { condition } : { condition, eventReason };
}

/** The time of transition stays while the status does. */
function dated(
  type: string,
  words: { readonly status: ConditionStatus; readonly reason: string; readonly message: string },
  previous: NodeCondition | undefined,
  nowMs: number,
): NodeCondition {
  const now = formatTime(nowMs);
  const stays = previous?.status === words.status;
  return {
    type,
    ...words,
    lastHeartbeatTime: now,
    lastTransitionTime: (stays ? previous.lastTransitionTime : undefined) ?? now,
  };
}
