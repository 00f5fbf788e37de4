/**
 * How the time of a node's shutdown is shared out: the decisions, without the kubelet that carries them out.
 * Follows pkg/kubelet/nodeshutdown/nodeshutdown_manager.go (podManager).
 */
import type {
  KubeletConfiguration,
  ShutdownGracePeriodByPodPriority,
} from '../../api/kubelet-configuration/fields.ts';
import { isEnabled } from '../../api/kubelet-configuration/gates.ts';
import type { Pod } from '../../api/types.ts';
import { SYSTEM_CRITICAL_PRIORITY } from '../critical-pod.ts';

/** Pods of one range of priorities: they end together, within one period. */
export interface ShutdownGroup extends ShutdownGracePeriodByPodPriority {
  readonly pods: readonly Pod[];
}

/** scheduling.DefaultPriorityWhenNoDefaultClassExists. */
const DEFAULT_PRIORITY = 0;

/** The periods that the configuration asks for, lowest priority first; none: a shutdown is immediate. */
export function shutdownPeriods(config: KubeletConfiguration): readonly ShutdownGracePeriodByPodPriority[] {
  if (!isEnabled(config, 'GracefulNodeShutdown')) return [];
  const own = config.shutdownGracePeriodByPodPriority;
  const byPriority = isEnabled(config, 'GracefulNodeShutdownBasedOnPodPriority') && own.length > 0;
  const { shutdownGracePeriodMs, shutdownGracePeriodCriticalPodsMs } = config;
  const periods = byPriority ? own : migrateConfig(shutdownGracePeriodMs, shutdownGracePeriodCriticalPodsMs);
  return (periods ?? []).toSorted((a, b) => a.priority - b.priority);
}

/** The two older settings as periods: critical pods come last and have their part of the whole. */
export function migrateConfig(
  totalMs: number,
  criticalMs: number,
): readonly ShutdownGracePeriodByPodPriority[] | undefined {
  const normalMs = totalMs - criticalMs;
  if (totalMs === 0 || normalMs < 0) return undefined;
  return [
    { priority: DEFAULT_PRIORITY, shutdownGracePeriodSeconds: Math.trunc(normalMs / 1_000) },
    { priority: SYSTEM_CRITICAL_PRIORITY, shutdownGracePeriodSeconds: Math.trunc(criticalMs / 1_000) },
  ];
}

/**
 * Each pod belongs to the group with the highest priority that is not above its own, and to the lowest group
 * when it is below all. `periods` has one entry at least, lowest first.
 */
export function groupByPriority(
  periods: readonly ShutdownGracePeriodByPodPriority[],
  pods: readonly Pod[],
): readonly ShutdownGroup[] {
  const indexOf = ({ spec }: Pod) => {
    const index = periods.findLastIndex(({ priority }) => priority <= (spec.priority ?? DEFAULT_PRIORITY));
    return Math.max(0, index);
  };
  return periods.map((period, index) => ({ ...period, pods: pods.filter((pod) => indexOf(pod) === index) }));
}

/** The grace period that a pod gets: the group's, or its own when that is shorter. */
export function shutdownGraceSeconds({ spec }: Pod, group: ShutdownGracePeriodByPodPriority): number {
  const { shutdownGracePeriodSeconds: period } = group;
  return Math.min(period, spec.terminationGracePeriodSeconds ?? period);
}

/** How long the node has to be held back for all groups to have their time. */
export function periodRequestedMs(periods: readonly ShutdownGracePeriodByPodPriority[]): number {
  return periods.reduce((sum, { shutdownGracePeriodSeconds }) => sum + shutdownGracePeriodSeconds * 1_000, 0);
}
