/** Looking things up in a pod's spec. */
import type { Container, Pod } from '../api/types.ts';
import { present } from '../lib/assert.ts';
import type { ContainerKind } from './pod-worker/worker-state.ts';

const LISTS = {
  init: 'initContainers',
  regular: 'containers',
  ephemeral: 'ephemeralContainers',
} as const satisfies Record<ContainerKind, keyof Pod['spec']>;

/** Init, regular and ephemeral containers, in this order. */
export function allContainers({ spec }: Pod): readonly Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
}

/** The container of this kind and name; it must be there. */
export function containerOf(pod: Pod, kind: ContainerKind, name: string): Container {
  return present(
    pod.spec[LISTS[kind]]?.find((container) => container.name === name),
    `${kind} container ${name} of ${pod.metadata.name}`,
  );
}

export function findContainer(pod: Pod, name: string): Container | undefined {
  return allContainers(pod).find((container) => container.name === name);
}
