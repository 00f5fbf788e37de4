/**
 * The taints that the control plane puts on a node for what its conditions say; the kubelet itself puts none.
 * Follows pkg/controller/nodelifecycle/node_lifecycle_controller.go.
 */
import type { Taint } from '../../api/taints.ts';
import type { NodeCondition } from '../../api/types.ts';
import { formatTime } from '../../lib/time.ts';

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** nodeConditionToTaintKeyStatusMap: by condition and its status. */
const KEYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};

/** The taint's key for one condition; undefined when this status asks for none. */
function taintKey(condition: string, status: string): string | undefined {
  return KEYS[condition]?.[status];
}

/** Every key that this controller sets and takes away with effect NoSchedule. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  ...Object.values(KEYS).flatMap((byStatus) => Object.values(byStatus)),
  UNSCHEDULABLE,
]);

/** The NoSchedule taints that the conditions, and a cordon, ask for (doNoScheduleTaintingPass). */
export function noScheduleKeys(
  conditions: readonly Pick<NodeCondition, 'type' | 'status'>[],
  unschedulable: boolean,
): readonly string[] {
  const keys = conditions.flatMap(({ type, status }) => taintKey(type, status) ?? []);
  return unschedulable ? [...keys, UNSCHEDULABLE] : keys;
}

/** The NoExecute taint that Ready asks for: what runs there has to go, sooner or later. */
export function noExecuteKey(readyStatus: string): string | undefined {
  return taintKey('Ready', readyStatus);
}

/** The taint that an admission plugin gives each new node, until it is seen to be ready (plugin/pkg/admission/nodetaint). */
export const NEW_NODE_TAINT: Taint = { key: NOT_READY, effect: 'NoSchedule' };

/** What a node's taints become; those of others stay, one that stays keeps its time. */
export function reconciledTaints(
  taints: readonly Taint[],
  wanted: { readonly noSchedule: readonly string[]; readonly noExecute: string | undefined },
  atMs: number,
): readonly Taint[] {
  const isWanted = ({ key, effect }: Taint) =>
    effect === 'NoExecute' ? key === wanted.noExecute : wanted.noSchedule.includes(key);
  const isOwn = ({ key, effect }: Taint) =>
    effect === 'NoExecute'
      ? key === NOT_READY || key === UNREACHABLE
      : effect === 'NoSchedule' && OWN_KEYS.has(key);
  const kept = taints.filter((taint) => !isOwn(taint) || isWanted(taint));
  const has = (key: string, effect: string) =>
    kept.some((taint) => taint.key === key && taint.effect === effect);
  const timeAdded = formatTime(atMs);
  const added = [
    ...wanted.noSchedule.map((key): Taint => ({ key, effect: 'NoSchedule', timeAdded })),
    ...(wanted.noExecute === undefined
      ? []
      : [{ key: wanted.noExecute, effect: 'NoExecute', timeAdded } satisfies Taint]),
  ].filter(({ key, effect }) => !has(key, effect));
  return [...kept, ...added];
}
