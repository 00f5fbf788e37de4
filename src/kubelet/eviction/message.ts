/** What an eviction says of itself: in the pod's status, in its event, in the event's annotations (helpers.go evictionMessage). */

import { resourceOf, type StarvedResource } from '../../api/eviction/signals.ts';
import { amountOf, type Threshold } from '../../api/eviction/thresholds.ts';
import { formatQuantity } from '../../api/quantity/format.ts';
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { compare, type Quantity, ZERO } from '../../api/quantity/quantity.ts';
import type { ContainerUsage, PodStats } from '../../api/stats.ts';
import type { Container, Pod } from '../../api/types.ts';
import { availableOf, type Observations } from './observations.ts';
import { bytes, memoryUsage } from './usage.ts';

/** The reason in the status, and that of the event (helpers.go Reason). */
export const EVICTED = 'Evicted';

export interface EvictionText {
  readonly message: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The message of a pod that goes because `resource` runs out; every sentence ends with a space. */
export function evictionMessage(
  resource: StarvedResource,
  pod: Pod,
  stats: PodStats | undefined,
  thresholds: readonly Threshold[],
  observations: Observations,
): EvictionText {
  let message = `The node was low on resource: ${resource}. ${thresholdSentence(resource, thresholds, observations)}`;
  if (stats === undefined) return { message, annotations: {} };
  const annotations: Record<string, string> = {};
  const podLevel = pod.spec.resources?.requests?.memory;
  if (resource === 'memory' && podLevel !== undefined && stats.memory !== undefined) {
    const usage = formatQuantity(memoryUsage(stats));
    const request = formatQuantity(mustParseQuantity(String(podLevel)));
    message += `Pod ${pod.metadata.name} was using ${usage}, request is ${request}, has larger consumption of ${resource}. `;
    annotations.offending_pod = pod.metadata.name;
    annotations.offending_pod_usage = usage;
  }
  const offending = offendingContainers(resource, pod, stats);
  for (const { name, usage, request } of offending) {
    message += `Container ${name} was using ${usage}, request is ${request}, has larger consumption of ${resource}. `;
  }
  annotations.offending_containers = offending.map(({ name }) => name).join(',');
  annotations.offending_containers_usage = offending.map(({ usage }) => usage).join(',');
  annotations.starved_resource = resource;
  return { message, annotations };
}

/** Of the first threshold that starves the resource (getThresholdMetInfo). */
function thresholdSentence(
  resource: StarvedResource,
  thresholds: readonly Threshold[],
  observations: Observations,
): string {
  for (const { signal, value } of thresholds) {
    const observed = observations[signal];
    if (resourceOf(signal) !== resource || observed === undefined) continue;
    const amount = formatQuantity(amountOf(value, observed.capacity));
    return `Threshold quantity: ${amount}, available: ${formatQuantity(availableOf(signal, observed))}. `;
  }
  return '';
}

interface Offender {
  readonly name: string;
  readonly usage: string;
  readonly request: string;
}

/** Containers that use more than they asked for; ephemeral ones can ask for nothing and are not blamed. */
function offendingContainers(resource: StarvedResource, { spec }: Pod, stats: PodStats): Offender[] {
  const own: readonly Container[] = [...spec.containers, ...(spec.initContainers ?? [])];
  return stats.containers.flatMap((used) => {
    const container = own.find(({ name }) => name === used.name);
    const usage = usageOf(resource, used);
    if (container === undefined || usage === undefined) return [];
    const asked = container.resources?.requests?.[resource];
    const request = asked === undefined ? ZERO : mustParseQuantity(String(asked));
    if (compare(usage, request) <= 0) return [];
    return [{ name: container.name, usage: formatQuantity(usage), request: formatQuantity(request) }];
  });
}

function usageOf(resource: StarvedResource, { memory, rootfs, logs }: ContainerUsage): Quantity | undefined {
  if (resource === 'memory' && memory?.workingSetBytes !== undefined) return bytes(memory.workingSetBytes);
  if (resource !== 'ephemeral-storage') return undefined;
  if (rootfs?.usedBytes === undefined || logs?.usedBytes === undefined) return undefined;
  return bytes(rootfs.usedBytes + logs.usedBytes);
}

/** emptyDirMessageFmt, podEphemeralStorageMessageFmt, containerEphemeralStorageMessageFmt. */
export const storageLimitMessage = {
  emptyDir: (volume: string, limit: string) =>
    `Usage of EmptyDir volume ${JSON.stringify(volume)} exceeds the limit ${JSON.stringify(limit)}. `,
  pod: (limit: string) =>
    `Pod ephemeral local storage usage exceeds the total limit of containers ${limit}. `,
  container: (name: string, limit: string) =>
    `Container ${name} exceeded its local ephemeral storage limit ${JSON.stringify(limit)}. `,
} as const;
