/** The events of resizes (pkg/kubelet/events/event.go, podresize.go): what is asked for, as one line of JSON. */
import type { Container, Pod } from '../../api/types.ts';
import { normal, warning } from '../events/texts.ts';
import { isSidecar } from '../pod-actions/restart-policy.ts';

export const resizeStarted = (pod: Pod) =>
  normal('ResizeStarted', `Pod resize started: ${summary(pod, generationOf(pod))}`);
export const resizeCompleted = (pod: Pod, generation: number) =>
  normal('ResizeCompleted', `Pod resize completed: ${summary(pod, generation)}`);
export const resizePending = (pod: Pod, reason: 'Deferred' | 'Infeasible', message: string) =>
  warning(`Resize${reason}`, `Pod resize ${reason}: ${summary(pod, generationOf(pod), message)}`);
export const resizeError = (pod: Pod, generation: number, message: string) =>
  warning('ResizeError', `Pod resize error: ${summary(pod, generation, message)}`);

export function generationOf({ metadata }: Pod): number {
  return typeof metadata.generation === 'number' ? metadata.generation : 0;
}

/** Go's JSON: lists in this order, empty ones left out, resources by name. */
function summary({ spec }: Pod, generation: number, error = ''): string {
  const shown = (containers: readonly Container[]) =>
    containers.map(({ name, resources }) => ({ name, resources: resourcesOf(resources) }));
  const sidecars = shown((spec.initContainers ?? []).filter(isSidecar));
  return JSON.stringify({
    ...(sidecars.length > 0 ? { initContainers: sidecars } : {}),
    containers: shown(spec.containers),
    generation,
    ...(error === '' ? {} : { error }),
  });
}

function resourcesOf({ limits, requests }: NonNullable<Container['resources']> = {}) {
  const sorted = (list: typeof limits) =>
    list === undefined
      ? undefined
      : Object.fromEntries(Object.entries(list).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { limits: sorted(limits), requests: sorted(requests) };
}
